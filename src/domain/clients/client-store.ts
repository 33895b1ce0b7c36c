import type { Client, ClientSecret } from './client.js';

export interface ClientPage {
  readonly clients: readonly Client[];
  /** Pass as `after` for the next page; absent on the last one. */
  readonly next: string | undefined;
}

export interface ClientQuery {
  /** At most this many clients, 1 to 200. */
  readonly limit: number;
  /** Only clients whose id sorts after this one. */
  readonly after?: string;
}

/** Where clients live. */
export interface ClientStore {
  find(clientId: string): Promise<Client | undefined>;
  list(query: ClientQuery): Promise<ClientPage>;
  /** @throws {DomainError} `already_exists` */
  insert(client: Client): Promise<void>;
  /** Writes everything but the secrets. @throws {DomainError} `not_found` */
  update(client: Client): Promise<void>;
  /** @returns false when there was no such client */
  remove(clientId: string): Promise<boolean>;
  addSecret(clientId: string, secret: ClientSecret): Promise<void>;
  /** Lets every secret but the named one end at the given time, unless it ends earlier. */
  expireOtherSecrets(clientId: string, keepId: string, expiresAt: Date): Promise<void>;
}
