import type { Knex } from 'knex';
import { isAccountId } from '../../domain/accounts/account-id.js';
import type { Account } from '../../domain/accounts/account.js';
import type { AccountStore } from '../../domain/accounts/account-store.js';
import { SELECT_ACCOUNT, toAccount, type AccountRow } from './account-store.js';
import { BatchLane, type LaneWatcher } from './batch-lane.js';
import { prepared, runPreparedForObjects } from './prepared-statement.js';
import { asUnavailable } from './unavailable.js';

/** Bindings: ids. Served by accounts_pkey. */
const FIND = prepared('accounts_find', `${SELECT_ACCOUNT} where accounts.id = any (?::uuid[])`);

/**
 * Finds accounts by id, where every request of the protocol needs one: look-ups of concurrent requests travel together.
 * @param knex the pool; not for use within a transaction
 */
export function createAccountLookup(knex: Knex, watchLane?: LaneWatcher): Pick<AccountStore, 'findById'> {
  const lane = new BatchLane<string, Account | undefined>({
    concurrency: 2,
    maxBatch: 256,
    maxQueue: 10_000,
    async execute(ids) {
      try {
        const unique = [...new Set(ids)];
        const rows = await runPreparedForObjects<AccountRow>(knex, FIND, [unique]);
        const accounts = new Map(rows.map((row) => [row.id, toAccount(row)]));
        return ids.map((id) => accounts.get(id));
      } catch (error) {
        throw asUnavailable(error);
      }
    },
  });
  watchLane?.('accounts_find', () => lane.load);
  return {
    findById: async (id) => (isAccountId(id) ? lane.run(id.toLowerCase()) : undefined),
  };
}
