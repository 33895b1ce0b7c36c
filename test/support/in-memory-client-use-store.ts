import type { ClientUse, ClientUseStore } from '../../src/domain/client-uses/client-use-store.js';

/** Uses of accounts by clients in memory. */
export function createInMemoryClientUseStore(): ClientUseStore & { uses: readonly ClientUse[] } {
  const store: ClientUseStore & { uses: readonly ClientUse[] } = {
    uses: [],
    record(use) {
      const isSame = (one: ClientUse): boolean =>
        one.accountId === use.accountId && one.clientId === use.clientId;
      const later = store.uses.some((one) => isSame(one) && one.lastUsedAt >= use.lastUsedAt);
      if (!later) store.uses = [...store.uses.filter((one) => !isSame(one)), use];
      return Promise.resolve();
    },
    listAccount: (accountId) => Promise.resolve(store.uses.filter((one) => one.accountId === accountId)),
  };
  return store;
}
