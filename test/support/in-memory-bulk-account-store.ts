import type { BulkAccountStore } from '../../src/domain/accounts/bulk-account-store.js';
import { normalizeLogin } from '../../src/domain/accounts/normalize-login.js';
import type { InMemoryAccountStore } from './in-memory-account-store.js';

/** Many accounts at a time, over the accounts in memory. */
export function createInMemoryBulkAccountStore(accounts: InMemoryAccountStore): BulkAccountStore {
  const keyed = () =>
    [...accounts.records.values()].map(({ account, passwordHash }) => ({
      id: account.id,
      email: normalizeLogin(account.email),
      username: account.username === undefined ? undefined : normalizeLogin(account.username),
      passwordHash,
    }));
  return {
    findTaken: ({ ids, emails, usernames }) =>
      Promise.resolve(
        keyed().filter(
          ({ id, email, username }) =>
            ids.includes(id) ||
            emails.includes(email) ||
            (username !== undefined && usernames.includes(username)),
        ),
      ),
    async insertAll(records) {
      const inserted = new Set<string>();
      for (const record of records) {
        const { id } = record.account;
        if (accounts.records.has(id)) continue;
        try {
          await accounts.insert(record);
          inserted.add(id);
        } catch {
          // Taken: left out.
        }
      }
      return inserted;
    },
    async listRecords(query) {
      const page = await accounts.list(query);
      return page.accounts.flatMap(({ id }) => accounts.records.get(id) ?? []);
    },
  };
}
