import type { Knex } from 'knex';
import { isAccountId } from '../../domain/accounts/account-id.js';
import type { Account } from '../../domain/accounts/account.js';
import type { AccountRecord, AccountStore } from '../../domain/accounts/account-store.js';
import { normalizeTypedLogin } from '../../domain/accounts/normalize-login.js';
import { SELECT_ACCOUNT, toAccount, type AccountRow } from './account-row.js';
import type { LaneWatcher } from './batch-lane.js';
import { createLookup } from './lookup-lane.js';
import { prepared, runPreparedForObjects } from './prepared-statement.js';

/** Bindings: ids. Served by accounts_pkey. */
const FIND = prepared('accounts_find', `${SELECT_ACCOUNT} where accounts.id = any (?::uuid[])`);

/** Bindings: email addresses, usernames, both normalised. Served by the unique index of each. */
const FIND_BY_LOGIN = prepared(
  'accounts_by_login',
  `${SELECT_ACCOUNT}
   where email_normalized = any (?::text[]) or username_normalized = any (?::text[])`,
);

interface LoginRow extends AccountRow {
  readonly email_normalized: string;
  readonly username_normalized: string | null;
}

/**
 * Finds accounts where every request of the protocol and every sign-in needs one: look-ups of concurrent requests travel
 * together.
 * @param knex the pool; not for use within a transaction
 */
export function createAccountLookup(
  knex: Knex,
  watchLane?: LaneWatcher,
): Pick<AccountStore, 'findById' | 'findByLogin'> {
  const byId = createLookup<string, Account | undefined>(
    FIND.name,
    async (ids) => {
      const rows = await runPreparedForObjects<AccountRow>(knex, FIND, [[...new Set(ids)]]);
      const accounts = new Map(rows.map((row) => [row.id, toAccount(row)]));
      return ids.map((id) => accounts.get(id));
    },
    watchLane,
  );

  const byLogin = createLookup<string, AccountRecord | undefined>(
    FIND_BY_LOGIN.name,
    async (logins) => {
      const rows = await runPreparedForObjects<LoginRow>(knex, FIND_BY_LOGIN, [
        logins.filter(isEmail),
        logins.filter((login) => !isEmail(login)),
      ]);
      const records = new Map<string, AccountRecord>();
      for (const row of rows) {
        const record = { account: toAccount(row), passwordHash: row.password_hash ?? undefined };
        records.set(row.email_normalized, record);
        if (row.username_normalized !== null) records.set(row.username_normalized, record);
      }
      return logins.map((login) => records.get(login));
    },
    watchLane,
  );

  return {
    findById: async (id) => (isAccountId(id) ? byId(id.toLowerCase()) : undefined),
    findByLogin: async (login) => {
      const normalized = normalizeTypedLogin(login);
      return normalized === undefined ? undefined : byLogin(normalized);
    },
  };
}

/** No username has an at sign in it. */
function isEmail(login: string): boolean {
  return login.includes('@');
}
