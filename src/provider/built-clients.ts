import type Provider from 'oidc-provider';
import type { Client } from '../domain/clients/client.js';
import type { Clock } from '../domain/clock.js';
import type { ClientDirectory } from '../domain/clients/client-directory.js';
import { orUnavailable } from './unavailable.js';
import { fetchUnfamiliarKeys } from './unfamiliar-keys.js';

type LibraryClient = NonNullable<Awaited<ReturnType<Provider['Client']['find']>>>;

/** What the directory has under an id. */
interface Entry {
  readonly id: string;
  readonly client: Client | undefined;
}

/**
 * Hands a client to the adapter that was found already. The library asks its adapter before it waits for anything, so
 * whatever is offered while it is called is what it gets; else the adapter looks for itself.
 */
export class ClientHandOver {
  #offered: Entry | undefined;

  offered(id: string): Entry | undefined {
    return this.#offered?.id === id ? this.#offered : undefined;
  }

  during<Result>(entry: Entry, lookUp: (id: string) => Result): Result {
    this.#offered = entry;
    try {
      return lookUp(entry.id);
    } finally {
      this.#offered = undefined;
    }
  }
}

/**
 * Keeps what the library builds of a client (its checked metadata, its keys, those of its `jwks_uri` among them) for as
 * long as the client itself is kept and unchanged. The library keeps a hundred, by a hash of all metadata that it makes at
 * every request: with more clients than that in use it would build them, and fetch their keys, again and again.
 * @param clients the same cached look-up that the adapter has: an unchanged client is the same object
 */
export function keepBuiltClients(
  provider: Provider,
  clients: Pick<ClientDirectory, 'find'>,
  handOver: ClientHandOver,
  clock: Clock,
): void {
  const find = provider.Client.find.bind(provider.Client);
  const built = new WeakMap<Client, LibraryClient>();
  const building = new WeakMap<Client, Promise<LibraryClient | undefined>>();

  const build = async (id: string, client: Client): Promise<LibraryClient | undefined> => {
    try {
      const made = await handOver.during({ id, client }, find);
      if (made) {
        fetchUnfamiliarKeys(made, clock);
        built.set(client, made);
      }
      return made;
    } finally {
      // What could not be built, as its sector identifier was not reached, is tried again by whoever asks next.
      building.delete(client);
    }
  };

  provider.Client.find = async (id) => {
    if (typeof id !== 'string' || id === '') return undefined;
    const client = await orUnavailable(() => clients.find(id));
    // What is not in the directory the library may know from elsewhere.
    if (!client) return handOver.during({ id, client }, find);
    const known = built.get(client) ?? building.get(client);
    if (known) return known;
    const made = build(id, client);
    building.set(client, made);
    return made;
  };
}
