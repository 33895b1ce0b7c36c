import type { Knex } from 'knex';
import type { Consent } from '../../domain/consents/consent.js';
import type { ConsentStore } from '../../domain/consents/consent-store.js';

export interface ConsentRow {
  account_id: string;
  client_id: string;
  scopes: string[];
  claims: string[];
  resource_scopes: Record<string, string[]>;
  granted_at: Date;
}

/** To be followed by rows. What was allowed before stays, also when two consents are given at once. */
export const INSERT_CONSENTS =
  'insert into consents as c (account_id, client_id, scopes, claims, resource_scopes, granted_at)';

export const ON_EARLIER_CONSENT = `
  on conflict (account_id, client_id) do update set
    scopes = array(select distinct unnest(c.scopes || excluded.scopes) order by 1),
    claims = array(select distinct unnest(c.claims || excluded.claims) order by 1),
    resource_scopes = (
      select coalesce(jsonb_object_agg(resource, scopes), '{}') from (
        select resource, jsonb_agg(distinct scope) as scopes
        from (
          select * from jsonb_each(c.resource_scopes)
          union all
          select * from jsonb_each(excluded.resource_scopes)
        ) as both_sides (resource, list), jsonb_array_elements_text(list) as scope
        group by resource
      ) as merged
    ),
    granted_at = excluded.granted_at`;

/** Bindings: account, client, scopes, claims, scopes of resources, time. */
const ADD = `${INSERT_CONSENTS} values (?, ?, ?, ?, ?, ?) ${ON_EARLIER_CONSENT}`;

/** Consents, one row for each account and client. */
export function createConsentStore(knex: Knex): ConsentStore {
  return {
    async find(accountId, clientId) {
      const row = await knex<ConsentRow>('consents')
        .where({ account_id: accountId, client_id: clientId })
        .first();
      return row && toConsent(row);
    },
    async listAccount(accountId) {
      const rows = await knex<ConsentRow>('consents').where({ account_id: accountId }).orderBy('client_id');
      return rows.map(toConsent);
    },
    async add(consent) {
      await knex.raw(ADD, [
        consent.accountId,
        consent.clientId,
        [...consent.scopes],
        [...consent.claims],
        JSON.stringify(consent.resourceScopes),
        consent.grantedAt,
      ]);
    },
    async remove(accountId, clientId) {
      const removed = await knex<ConsentRow>('consents')
        .where({ account_id: accountId, client_id: clientId })
        .delete();
      return removed > 0;
    },
    async removeClient(clientId) {
      return knex<ConsentRow>('consents').where({ client_id: clientId }).delete();
    },
  };
}

export function toConsent(row: ConsentRow): Consent {
  return {
    accountId: row.account_id,
    clientId: row.client_id,
    scopes: row.scopes,
    claims: row.claims,
    resourceScopes: row.resource_scopes,
    grantedAt: row.granted_at,
  };
}
