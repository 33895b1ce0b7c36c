import type { TotpAuthenticator, TotpStore } from '../../src/domain/factors/totp-store.js';

export type InMemoryTotpStore = TotpStore & {
  /** What is stored; a unit of work puts it back when its work fails. */
  authenticators: readonly TotpAuthenticator[];
};

/** Authenticators in memory. */
export function createInMemoryTotpStore(): InMemoryTotpStore {
  const find = (accountId: string, isConfirmed: boolean): TotpAuthenticator | undefined =>
    store.authenticators.find(
      (one) => one.accountId === accountId && (one.confirmedAt !== undefined) === isConfirmed,
    );
  const without = (...removed: readonly (TotpAuthenticator | undefined)[]): readonly TotpAuthenticator[] =>
    store.authenticators.filter((one) => !removed.includes(one));
  const store: InMemoryTotpStore = {
    authenticators: [],
    find: (accountId) => Promise.resolve(find(accountId, true)),
    findPending: (accountId) => Promise.resolve(find(accountId, false)),
    replacePending(authenticator) {
      store.authenticators = [...without(find(authenticator.accountId, false)), authenticator];
      return Promise.resolve();
    },
    confirm(authenticator) {
      const pending = find(authenticator.accountId, false);
      if (pending?.id !== authenticator.id) return Promise.resolve(false);
      const { bindingHash: _, ...counting } = authenticator;
      const confirmed = { ...counting, lastUsedAt: authenticator.confirmedAt };
      store.authenticators = [...without(pending, find(authenticator.accountId, true)), confirmed];
      return Promise.resolve(true);
    },
    useStep(id, step, at) {
      const found = store.authenticators.find((one) => one.id === id && one.confirmedAt !== undefined);
      if (!found || (found.lastStep !== undefined && found.lastStep >= step)) return Promise.resolve(false);
      store.authenticators = [...without(found), { ...found, lastStep: step, lastUsedAt: at }];
      return Promise.resolve(true);
    },
    remove(accountId) {
      const counted = find(accountId, true);
      store.authenticators = without(counted, find(accountId, false));
      return Promise.resolve(counted !== undefined);
    },
  };
  return store;
}
