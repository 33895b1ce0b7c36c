import type { JsonObject } from '../json.js';
import type { Stores, UnitOfWork } from '../unit-of-work.js';
import { auditedClient } from './audited-client.js';
import { findChangeableClient } from './changeable-client.js';
import type { Client } from './client.js';

export interface DeleteClientDeps {
  readonly unitOfWork: UnitOfWork<'clients' | 'consents' | 'artifactRevocation' | 'audit'>;
  readonly declaredClientIds: ReadonlySet<string>;
}

/**
 * Deletes a client with its secrets and the consents for it, and ends every grant, token and code that it holds, in one unit of work.
 * @param expect sees the client before anything is deleted, and may throw to keep it
 * @returns how many artifacts were ended
 * @throws {DomainError} `not_found`, `declared_in_configuration`
 */
export async function deleteClient(
  deps: DeleteClientDeps,
  clientId: string,
  expect?: (before: Client) => void,
): Promise<number> {
  return deps.unitOfWork.run(async ({ clients, consents, artifactRevocation, audit }) => {
    const client = await findChangeableClient(clients, deps.declaredClientIds, clientId);
    expect?.(client);
    return removeClient({ clients, consents, artifactRevocation, audit }, client.clientId);
  });
}

/**
 * Deletes a client within a unit of work that is under way.
 * @param details for the audit log
 * @returns how many artifacts were ended
 */
export async function removeClient(
  stores: Pick<Stores, 'clients' | 'consents' | 'artifactRevocation' | 'audit'>,
  clientId: string,
  details: JsonObject = {},
): Promise<number> {
  await stores.clients.remove(clientId);
  // Another client may be given the same id one day.
  await stores.consents.removeClient(clientId);
  const ended = await stores.artifactRevocation.revokeClient(clientId);
  stores.audit.record({ type: 'client.deleted', ...auditedClient(clientId), details: { ...details, ended } });
  return ended;
}
