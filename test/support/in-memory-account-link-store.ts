import type { AccountLink } from '../../src/domain/account-links/account-link.js';
import type { AccountLinkStore } from '../../src/domain/account-links/account-link-store.js';

export type InMemoryAccountLinkStore = AccountLinkStore & {
  /** What is stored; a unit of work puts it back when its work fails. */
  links: readonly AccountLink[];
};

/** Links in memory, with the behaviour that the conformance suite asks of every store. */
export function createInMemoryAccountLinkStore(): InMemoryAccountLinkStore {
  const keep = (isKept: (link: AccountLink) => boolean): number => {
    const before = store.links.length;
    store.links = store.links.filter(isKept);
    return before - store.links.length;
  };
  const live = (purpose: string, tokenHash: Buffer, at: Date): AccountLink | undefined =>
    store.links.find(
      (link) => link.purpose === purpose && link.tokenHash.equals(tokenHash) && link.expiresAt > at,
    );

  const store: InMemoryAccountLinkStore = {
    links: [],
    replace(link) {
      keep(({ accountId, purpose }) => accountId !== link.accountId || purpose !== link.purpose);
      store.links = [...store.links, link];
      return Promise.resolve();
    },
    find: (purpose, tokenHash, at) => Promise.resolve(live(purpose, tokenHash, at)),
    redeem({ accountId, purpose, tokenHash }, at) {
      const found = live(purpose, tokenHash, at);
      return Promise.resolve(found?.accountId === accountId && keep((link) => link !== found) > 0);
    },
    purge: (at) => Promise.resolve(keep(({ expiresAt }) => expiresAt > at)),
  };
  return store;
}
