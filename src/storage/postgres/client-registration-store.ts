import type { Knex } from 'knex';
import type { ClientRegistrationStore } from '../../domain/client-registration/client-registration-store.js';
import type { PolicyPart } from '../../domain/client-registration/registration-policy.js';

interface ClientRegistrationRow {
  client_id: string;
  access_token_hash: Buffer;
  initial_access_token_id: string | null;
  policy: PolicyPart;
  registered_at: Date;
  used_at: Date | null;
}

const TABLE = 'client_registrations';

const COUNT_UNUSED = `
  select count(*)::integer as count
  from (select from ${TABLE} where used_at is null limit ?) as unused`;

const CLAIM_UNUSED = `
  select client_id from ${TABLE}
  where used_at is null and registered_at < ?
  order by registered_at limit ? for update skip locked`;

/** Registrations of clients that registered themselves, one row for each. */
export function createClientRegistrationStore(knex: Knex): ClientRegistrationStore {
  const table = () => knex<ClientRegistrationRow>(TABLE);
  return {
    async insert(registration) {
      await knex(TABLE).insert({
        client_id: registration.clientId,
        access_token_hash: registration.accessTokenHash,
        initial_access_token_id: registration.initialAccessTokenId ?? null,
        policy: JSON.stringify(registration.policy),
        registered_at: registration.registeredAt,
        used_at: registration.usedAt ?? null,
      });
    },
    async find(clientId) {
      if (clientId.includes('\0')) return undefined;
      const row = await table().where({ client_id: clientId }).first();
      return (
        row && {
          clientId: row.client_id,
          accessTokenHash: row.access_token_hash,
          initialAccessTokenId: row.initial_access_token_id ?? undefined,
          policy: row.policy,
          registeredAt: row.registered_at,
          usedAt: row.used_at ?? undefined,
        }
      );
    },
    async replaceAccessToken(clientId, presented, next) {
      const replaced = await table()
        .where({ client_id: clientId, access_token_hash: presented })
        .update({ access_token_hash: next });
      return replaced > 0;
    },
    async markUsed(clientId, at) {
      await table().where({ client_id: clientId }).whereNull('used_at').update({ used_at: at });
    },
    async countUnused(limit) {
      const { rows } = await knex.raw<{ rows: { count: number }[] }>(COUNT_UNUSED, [limit]);
      return rows[0]?.count ?? 0;
    },
    async claimUnused(before, limit) {
      const { rows } = await knex.raw<{ rows: { client_id: string }[] }>(CLAIM_UNUSED, [before, limit]);
      return rows.map((row) => row.client_id);
    },
  };
}
