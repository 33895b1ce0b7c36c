import { createHash } from 'node:crypto';
import type { ClientLogoStore, LogoImage } from '../../src/domain/branding/client-logo-store.js';

interface Row {
  readonly uri: string | undefined;
  readonly nextFetchAt: Date | undefined;
  readonly image?: LogoImage & { readonly storedAt: Date };
}

/** Logos of clients in memory. @param registered logos that registered clients name; tests change it */
export function createInMemoryClientLogoStore(
  registered: Map<string, string | undefined> = new Map(),
): ClientLogoStore {
  const rows = new Map<string, Row>();
  const hashOf = ({ bytes }: LogoImage): string => createHash('sha256').update(bytes).digest('hex');
  return {
    find(clientId) {
      const { uri, image } = rows.get(clientId) ?? {};
      return Promise.resolve(
        image && { hash: hashOf(image), type: image.type, uri, storedAt: image.storedAt },
      );
    },
    read: (hash) =>
      Promise.resolve(
        [...rows.values()].map(({ image }) => image).find((image) => image && hashOf(image) === hash),
      ),
    put(clientId, image, now) {
      rows.set(clientId, { uri: undefined, nextFetchAt: undefined, image: { ...image, storedAt: now } });
      return Promise.resolve();
    },
    remove: (clientId) => Promise.resolve(rows.delete(clientId)),
    claimDue(declared, { now, again, limit }) {
      const named = [...registered].flatMap(([clientId, uri]) =>
        uri === undefined ? [] : [{ clientId, uri }],
      );
      const due = [...named, ...declared].filter(({ clientId, uri }) => {
        const row = rows.get(clientId);
        return !row || (row.uri !== undefined && (row.uri !== uri || (row.nextFetchAt ?? now) <= now));
      });
      const claimed = due.slice(0, limit);
      for (const { clientId, uri } of claimed)
        rows.set(clientId, { ...rows.get(clientId), uri, nextFetchAt: again });
      return Promise.resolve(claimed);
    },
    keepFetched({ clientId, uri }, image, { now, again }) {
      if (rows.get(clientId)?.uri === uri) {
        rows.set(clientId, { uri, nextFetchAt: again, image: { ...image, storedAt: now } });
      }
      return Promise.resolve();
    },
    purge(declared) {
      const named = new Map([
        ...registered,
        ...declared.map(({ clientId, uri }) => [clientId, uri] as const),
      ]);
      const gone = [...rows].filter(
        ([clientId, { uri }]) =>
          !named.has(clientId) || (uri !== undefined && named.get(clientId) === undefined),
      );
      for (const [clientId] of gone) rows.delete(clientId);
      return Promise.resolve(gone.length);
    },
  };
}
