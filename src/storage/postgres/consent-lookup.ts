import type { Knex } from 'knex';
import type { Consent } from '../../domain/consents/consent.js';
import type { ConsentStore } from '../../domain/consents/consent-store.js';
import type { LaneWatcher } from './batch-lane.js';
import { toConsent, type ConsentRow } from './consent-store.js';
import { createLookup } from './lookup-lane.js';
import { prepared, runPreparedForObjects } from './prepared-statement.js';

/** Bindings: accounts, clients, pair by pair. Served by consents_pkey. */
const FIND = prepared(
  'consents_find',
  `
  select k.ord::int4, c.*
  from unnest(?::uuid[], ?::text[]) with ordinality as k (account_id, client_id, ord)
  cross join lateral (
    select * from consents where account_id = k.account_id and client_id = k.client_id limit 1
  ) c`,
);

interface Pair {
  readonly accountId: string;
  readonly clientId: string;
}

/**
 * Finds consents where every sign-in needs one: look-ups of concurrent requests travel together.
 * @param knex the pool; not for use within a transaction
 */
export function createConsentLookup(knex: Knex, watchLane?: LaneWatcher): Pick<ConsentStore, 'find'> {
  const lookup = createLookup<Pair, Consent | undefined>(
    FIND.name,
    async (pairs) => {
      const rows = await runPreparedForObjects<ConsentRow & { readonly ord: number }>(knex, FIND, [
        pairs.map(({ accountId }) => accountId),
        pairs.map(({ clientId }) => clientId),
      ]);
      const found = new Map(rows.map((row) => [row.ord - 1, toConsent(row)]));
      return pairs.map((_, place) => found.get(place));
    },
    watchLane,
  );
  return { find: (accountId, clientId) => lookup({ accountId, clientId }) };
}
