import type { UnitOfWork } from '../unit-of-work.js';
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
    await clients.remove(client.clientId);
    // Another client may be given the same id one day.
    await consents.removeClient(client.clientId);
    const ended = await artifactRevocation.revokeClient(client.clientId);
    audit.record({ type: 'client.deleted', ...auditedClient(client.clientId), details: { ended } });
    return ended;
  });
}
