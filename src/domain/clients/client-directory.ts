import type { SecurityProfile } from '../profiles/security-profile.js';
import type { Client } from './client.js';
import { underProfile } from './client-profile.js';
import type { ClientPage, ClientQuery, ClientStore } from './client-store.js';

/** Every client that this provider knows, wherever it is declared. */
export interface ClientDirectory {
  find(clientId: string): Promise<Client | undefined>;
  /** Ordered by id, declared and stored ones together. */
  list(query: ClientQuery): Promise<ClientPage>;
}

/**
 * One directory over the clients of the configuration file and those of the database. A declared client wins over a
 * stored one of its id, so that the file says what holds.
 * @param declared ordered by id
 * @param profile what every client is held to, see `underProfile`
 */
export function createClientDirectory(
  declared: readonly Client[],
  store: Pick<ClientStore, 'find' | 'list'>,
  profile?: SecurityProfile,
): ClientDirectory {
  const declaredById = new Map(declared.map((client) => [client.clientId, client]));
  const held = (client: Client): Client => underProfile(client, profile);
  return {
    async find(clientId) {
      const client = declaredById.get(clientId) ?? (await store.find(clientId));
      return client && held(client);
    },

    async list(query) {
      const { after } = query;
      const stored = await store.list(query);
      const merged = new Map(stored.clients.map((client) => [client.clientId, client]));
      for (const client of declared) {
        if (after === undefined || client.clientId > after) merged.set(client.clientId, client);
      }
      const ordered = [...merged.values()].sort((one, other) => (one.clientId < other.clientId ? -1 : 1));
      const clients = ordered.slice(0, query.limit).map(held);
      const more = ordered.length > query.limit || stored.next !== undefined;
      return { clients, next: more ? clients.at(-1)?.clientId : undefined };
    },
  };
}
