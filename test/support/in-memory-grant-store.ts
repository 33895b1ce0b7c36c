import type { Grant } from '../../src/domain/grants/grant.js';
import type { GrantStore } from '../../src/domain/grants/grant-store.js';

/** Grants in memory, for tests that are about something else; places in the list are ids. */
export function createInMemoryGrantStore(): GrantStore & { grants: readonly Grant[] } {
  const store: GrantStore & { grants: readonly Grant[] } = {
    grants: [],
    list({ limit, after, accountId, clientId }) {
      const mine = store.grants.filter(
        (one) =>
          (accountId === undefined || one.accountId === accountId) &&
          (clientId === undefined || one.clientId === clientId),
      );
      const index = after === undefined ? 0 : mine.findIndex(({ id }) => id === after) + 1;
      if (after !== undefined && index === 0) return Promise.resolve(undefined);
      const grants = mine.slice(index, index + limit);
      return Promise.resolve({
        grants,
        next: mine.length > index + limit ? grants.at(-1)?.id : undefined,
      });
    },
    revoke(accountId, clientId) {
      const rest = store.grants.filter((one) => one.accountId !== accountId || one.clientId !== clientId);
      const revoked = store.grants.length - rest.length;
      store.grants = rest;
      return Promise.resolve(revoked);
    },
    listAccounts(clientIds) {
      const mine = store.grants.filter(({ clientId }) => clientIds.includes(clientId));
      return Promise.resolve([...new Set(mine.map(({ accountId }) => accountId))]);
    },
  };
  return store;
}
