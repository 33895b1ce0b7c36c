import type { Consent } from '../../src/domain/consents/consent.js';
import type { ConsentStore } from '../../src/domain/consents/consent-store.js';

/** Consents in memory, for tests that are about something else. It passes the same suite as PostgreSQL. */
export function createInMemoryConsentStore(): ConsentStore {
  const consents = new Map<string, Consent>();
  const nameOf = (accountId: string, clientId: string): string => `${accountId} ${clientId}`;
  const union = (a: readonly string[] = [], b: readonly string[] = []): string[] =>
    [...new Set([...a, ...b])].sort();
  return {
    find: (accountId, clientId) => Promise.resolve(consents.get(nameOf(accountId, clientId))),
    listAccount: (accountId) =>
      Promise.resolve(
        [...consents.values()]
          .filter((consent) => consent.accountId === accountId)
          .sort((one, other) => (one.clientId < other.clientId ? -1 : 1)),
      ),
    add(consent) {
      const before = consents.get(nameOf(consent.accountId, consent.clientId));
      const resources = union(Object.keys(before?.resourceScopes ?? {}), Object.keys(consent.resourceScopes));
      consents.set(nameOf(consent.accountId, consent.clientId), {
        ...consent,
        scopes: union(before?.scopes, consent.scopes),
        claims: union(before?.claims, consent.claims),
        resourceScopes: Object.fromEntries(
          resources.map((name) => [name, union(before?.resourceScopes[name], consent.resourceScopes[name])]),
        ),
      });
      return Promise.resolve();
    },
    remove: (accountId, clientId) => Promise.resolve(consents.delete(nameOf(accountId, clientId))),
    removeClient(clientId) {
      const gone = [...consents].filter(([, consent]) => consent.clientId === clientId);
      for (const [name] of gone) consents.delete(name);
      return Promise.resolve(gone.length);
    },
  };
}
