import type { JsonObject } from '../../src/domain/json.js';
import type { UpstreamLink, UpstreamLinkStore } from '../../src/domain/upstream/upstream-link-store.js';
import type { UpstreamSidStore } from '../../src/domain/upstream/upstream-sid-store.js';
import type {
  UpstreamRequest,
  UpstreamRequestStore,
} from '../../src/domain/upstream/upstream-request-store.js';

export type InMemoryUpstreamLinkStore = UpstreamLinkStore & {
  /** What is stored; a unit of work puts it back when its work fails. */
  links: readonly UpstreamLink[];
};

/** Links in memory, with the behaviour that the conformance suite asks of every store. */
export function createInMemoryUpstreamLinkStore(): InMemoryUpstreamLinkStore {
  const find = (issuer: string, subject: string): UpstreamLink | undefined =>
    store.links.find((link) => link.issuer === issuer && link.subject === subject);
  const store: InMemoryUpstreamLinkStore = {
    links: [],
    find: (issuer, subject) => Promise.resolve(find(issuer, subject)),
    list: (accountId) => Promise.resolve(store.links.filter((link) => link.accountId === accountId)),
    insert(link) {
      if (find(link.issuer, link.subject)) return Promise.resolve(false);
      store.links = [...store.links, link];
      return Promise.resolve(true);
    },
    noteUse(id, at) {
      store.links = store.links.map((link) => (link.id === id ? { ...link, lastUsedAt: at } : link));
      return Promise.resolve();
    },
    remove(accountId, id) {
      const before = store.links.length;
      store.links = store.links.filter((link) => link.accountId !== accountId || link.id !== id);
      return Promise.resolve(store.links.length < before);
    },
  };
  return store;
}

export type InMemoryUpstreamRequestStore = UpstreamRequestStore & {
  /** What is stored; a unit of work puts it back when its work fails. */
  requests: readonly UpstreamRequest[];
};

/** Requests in memory, with the behaviour that the conformance suite asks of every store. */
export function createInMemoryUpstreamRequestStore(): InMemoryUpstreamRequestStore {
  const live = (tokenHash: Buffer, at: Date): UpstreamRequest | undefined =>
    store.requests.find((request) => request.tokenHash.equals(tokenHash) && request.expiresAt > at);
  const copy = (content: JsonObject | undefined): JsonObject | undefined =>
    content && (JSON.parse(JSON.stringify(content)) as JsonObject);
  const store: InMemoryUpstreamRequestStore = {
    requests: [],
    add(request) {
      store.requests = [...store.requests, request];
      return Promise.resolve();
    },
    addOnce(request) {
      const isThere = store.requests.some(({ tokenHash }) => tokenHash.equals(request.tokenHash));
      if (!isThere) store.requests = [...store.requests, request];
      return Promise.resolve(!isThere);
    },
    find: (tokenHash, at) => Promise.resolve(copy(live(tokenHash, at)?.content)),
    take(tokenHash, at) {
      const found = live(tokenHash, at);
      store.requests = store.requests.filter((request) => request !== found);
      return Promise.resolve(copy(found?.content));
    },
    purge(at) {
      const before = store.requests.length;
      store.requests = store.requests.filter(({ expiresAt }) => expiresAt > at);
      return Promise.resolve(before - store.requests.length);
    },
  };
  return store;
}

/** Sids in memory. */
export function createInMemoryUpstreamSidStore(): UpstreamSidStore {
  const sids = new Map<string, { readonly accountId: string; readonly expiresAt: Date }>();
  return {
    note(sidHash, accountId, expiresAt) {
      sids.set(sidHash.toString('hex'), { accountId, expiresAt });
      return Promise.resolve();
    },
    find(sidHash, at) {
      const found = sids.get(sidHash.toString('hex'));
      return Promise.resolve(found && found.expiresAt > at ? found.accountId : undefined);
    },
    purge(at) {
      const over = [...sids].filter(([, { expiresAt }]) => expiresAt <= at);
      for (const [key] of over) sids.delete(key);
      return Promise.resolve(over.length);
    },
  };
}
