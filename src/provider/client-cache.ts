import type { ClientDirectory } from '../domain/clients/client-directory.js';
import { createFollowedCache, type Changes } from '../domain/followed-cache.js';

/** Tells when a client has changed, in this process or in another one. */
export type ClientChangeFeed = Changes<'client'>;

/**
 * Keeps clients in memory for as long as every change of them is sure to be heard. A client that is not there is never
 * remembered: it may be registered the next moment.
 */
export function createClientCache(
  directory: Pick<ClientDirectory, 'find'>,
  changes: ClientChangeFeed,
): Pick<ClientDirectory, 'find'> {
  const isKept = (client: unknown): boolean => client !== undefined;
  return {
    find: createFollowedCache((id: string) => directory.find(id), changes, { kind: 'client', isKept }),
  };
}
