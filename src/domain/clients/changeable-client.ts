import { DomainError } from '../errors.js';
import type { Client } from './client.js';
import type { ClientStore } from './client-store.js';

/**
 * Finds a client that is about to be changed and keeps others from changing it meanwhile.
 * @throws {DomainError} `declared_in_configuration`, `not_found`
 */
export async function findChangeableClient(
  clients: Pick<ClientStore, 'findForUpdate'>,
  declaredClientIds: ReadonlySet<string>,
  clientId: string,
): Promise<Client> {
  refuseIfDeclared(declaredClientIds, clientId);
  const client = await clients.findForUpdate(clientId);
  if (client === undefined)
    throw new DomainError('not_found', `There is no client ${JSON.stringify(clientId)}.`);
  return client;
}

/** @throws {DomainError} `declared_in_configuration` */
function refuseIfDeclared(declaredClientIds: ReadonlySet<string>, clientId: string): void {
  if (!declaredClientIds.has(clientId)) return;
  throw new DomainError(
    'declared_in_configuration',
    `The client ${clientId} is declared in the configuration file; change it there and restart.`,
  );
}
