import type { Client, ClientSecret } from './client.js';

export interface ClientPage {
  readonly clients: readonly Client[];
  /** Pass as `after` for the next page; absent on the last one. */
  readonly next: string | undefined;
}

export interface ClientQuery {
  /** At most this many clients, 1 to 200. */
  readonly limit: number;
  /** Only clients whose id sorts after this one, by code units. */
  readonly after?: string;
}

/** Where clients live. */
export interface ClientStore {
  find(clientId: string): Promise<Client | undefined>;
  /** Finds it and keeps others from changing it until the unit of work ends. */
  findForUpdate(clientId: string): Promise<Client | undefined>;
  list(query: ClientQuery): Promise<ClientPage>;
  /** @throws {DomainError} `already_exists` */
  insert(client: Client): Promise<void>;
  /** Writes everything but the secrets. @throws {DomainError} `not_found` */
  update(client: Client): Promise<void>;
  /** @returns false when there was no such client */
  remove(clientId: string): Promise<boolean>;
  /** Parallel callers for one client wait for each other's unit of work. @throws {DomainError} `not_found` */
  addSecret(clientId: string, secret: ClientSecret): Promise<void>;
  /** @returns false when the client has no such secret */
  removeSecret(clientId: string, secretId: string): Promise<boolean>;
  /** Lets every secret but the named one (or every one) end at the given time, unless it ends earlier. */
  expireSecrets(clientId: string, expiresAt: Date, exceptId?: string): Promise<void>;
  /** Forgets the secrets that ended at that time or before. */
  removeExpiredSecrets(clientId: string, at: Date): Promise<void>;
}
