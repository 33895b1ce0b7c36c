import type { Knex } from 'knex';
import type { SecondFactors } from '../../domain/sign-in/next-sign-in-step.js';
import type { LaneWatcher } from './batch-lane.js';
import { createLookup } from './lookup-lane.js';
import { prepared, runPrepared } from './prepared-statement.js';

/**
 * Bindings: accounts. Served by the index of each table on `account_id`. Counts, since `exists` may be planned as one look at all
 * authenticators of all accounts.
 */
const FIND = prepared(
  'second_factors_find',
  `
  select k.ord::int4,
    (select count(*) > 0 from totp_authenticators t where t.account_id = k.id and t.confirmed_at is not null),
    (select count(*)::int4 from recovery_codes r where r.account_id = k.id and r.active and r.used_at is null),
    (select count(*)::int4 from passkeys p where p.account_id = k.id)
  from unnest(?::uuid[]) with ordinality as k (id, ord)`,
);

const NONE: SecondFactors = { totp: false, recoveryCodes: 0, passkeys: 0 };

/**
 * Tells which second factors accounts have, those of concurrent requests and all kinds of them in one statement.
 * @param knex the pool; not for use within a transaction
 */
export function createSecondFactorLookup(
  knex: Knex,
  watchLane?: LaneWatcher,
): (accountId: string) => Promise<SecondFactors> {
  return createLookup(
    FIND.name,
    async (ids) => {
      const rows = await runPrepared<[ord: number, totp: boolean, recoveryCodes: number, passkeys: number]>(
        knex,
        FIND,
        [ids],
      );
      const found = new Map(
        rows.map(([ord, totp, recoveryCodes, passkeys]) => [ord - 1, { totp, recoveryCodes, passkeys }]),
      );
      return ids.map((_, place) => found.get(place) ?? NONE);
    },
    watchLane,
  );
}
