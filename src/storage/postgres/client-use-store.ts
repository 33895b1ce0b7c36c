import type { Knex } from 'knex';
import type { JsonObject } from '../../domain/json.js';
import type { ClientUseStore } from '../../domain/client-uses/client-use-store.js';

/** Bindings: client, time, what was received, account. The account stays locked against its deletion until the row is there. */
const RECORD = `
  insert into client_uses as c (account_id, client_id, last_used_at, received)
  select id, ?, ?::timestamptz, ?::jsonb from accounts where id = ? for key share
  on conflict (account_id, client_id) do update set
    last_used_at = greatest(c.last_used_at, excluded.last_used_at), received = c.received || excluded.received`;

interface ClientUseRow {
  readonly account_id: string;
  readonly client_id: string;
  readonly last_used_at: Date;
  readonly received: JsonObject;
}

/** Uses of accounts by clients, one row for each pair. */
export function createClientUseStore(knex: Knex): ClientUseStore {
  return {
    async record({ accountId, clientId, lastUsedAt, received = {} }) {
      await knex.raw(RECORD, [clientId, lastUsedAt, JSON.stringify(received), accountId]);
    },
    async listAccount(accountId) {
      const rows = await knex<ClientUseRow>('client_uses').where({ account_id: accountId });
      return rows.map((row) => ({
        accountId: row.account_id,
        clientId: row.client_id,
        lastUsedAt: row.last_used_at,
        received: row.received,
      }));
    },
  };
}
