import type { Registration, RegistrationStore } from '../../src/domain/registrations/registration.js';

export type InMemoryRegistrationStore = RegistrationStore & {
  /** What is stored; a unit of work puts it back when its work fails. */
  registrations: readonly Registration[];
};

/** Registrations in memory. */
export function createInMemoryRegistrationStore(): InMemoryRegistrationStore {
  const keep = (isKept: (registration: Registration) => boolean): number => {
    const before = store.registrations.length;
    store.registrations = store.registrations.filter(isKept);
    return before - store.registrations.length;
  };
  const store: InMemoryRegistrationStore = {
    registrations: [],
    replace(registration) {
      keep(({ emailHash }) => !emailHash.equals(registration.emailHash));
      store.registrations = [...store.registrations, registration];
      return Promise.resolve();
    },
    findByBrowser: (hash, at) =>
      Promise.resolve(
        store.registrations.find(({ browserHash, expiresAt }) => browserHash.equals(hash) && expiresAt > at),
      ),
    findByToken: (hash, at) =>
      Promise.resolve(
        store.registrations.find(({ tokenHash, expiresAt }) => tokenHash.equals(hash) && expiresAt > at),
      ),
    redeem: (id, at) =>
      Promise.resolve(keep((registration) => registration.id !== id || registration.expiresAt <= at) > 0),
    purge: (at) => Promise.resolve(keep(({ expiresAt }) => expiresAt > at)),
  };
  return store;
}
