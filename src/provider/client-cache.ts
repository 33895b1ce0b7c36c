import type { Client } from '../domain/clients/client.js';
import type { ClientDirectory } from '../domain/clients/client-directory.js';

/** Tells when a client has changed, in this process or in another one. */
export interface ClientChangeFeed {
  /** False while changes may go unheard. */
  readonly listening: boolean;
  onChange(kind: 'client', listener: (clientId: string) => void): void;
  onGap(listener: () => void): void;
}

/** More clients than this are looked up again now and then. */
const MAX_ENTRIES = 10_000;

/**
 * Keeps clients in memory for as long as every change of them is sure to be heard. A client that is not there is never
 * remembered: it may be registered the next moment.
 */
export function createClientCache(
  directory: Pick<ClientDirectory, 'find'>,
  changes: ClientChangeFeed,
): Pick<ClientDirectory, 'find'> {
  const cached = new Map<string, Client>();
  const pending = new Map<string, Promise<Client | undefined>>();

  const forget = (clientId: string): void => {
    cached.delete(clientId);
    // What is being read may be what has just changed: whoever asks from now on reads again.
    pending.delete(clientId);
  };
  changes.onChange('client', forget);
  changes.onGap(() => {
    cached.clear();
    pending.clear();
  });

  const remember = (client: Client): void => {
    const oldest = cached.size >= MAX_ENTRIES ? cached.keys().next() : undefined;
    if (oldest?.done === false) cached.delete(oldest.value);
    cached.set(client.clientId, client);
  };

  const read = (clientId: string): Promise<Client | undefined> => {
    const reading = directory.find(clientId).then((client) => {
      if (pending.get(clientId) === reading && client !== undefined) remember(client);
      return client;
    });
    pending.set(clientId, reading);
    const done = (): void => {
      if (pending.get(clientId) === reading) pending.delete(clientId);
    };
    reading.then(done, done);
    return reading;
  };

  return {
    find(clientId) {
      if (!changes.listening) return directory.find(clientId);
      const known = cached.get(clientId);
      return known ? Promise.resolve(known) : (pending.get(clientId) ?? read(clientId));
    },
  };
}
