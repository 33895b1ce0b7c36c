import type { UnitOfWork } from '../unit-of-work.js';
import { findChangeableClient } from './changeable-client.js';

export interface DeleteClientDeps {
  readonly unitOfWork: UnitOfWork<'clients' | 'consents' | 'artifactRevocation'>;
  readonly declaredClientIds: ReadonlySet<string>;
}

/**
 * Deletes a client with its secrets and the consents for it, and ends every grant, token and code that it holds, in one unit of work.
 * @returns how many artifacts were ended
 * @throws {DomainError} `not_found`, `declared_in_configuration`
 */
export async function deleteClient(deps: DeleteClientDeps, clientId: string): Promise<number> {
  return deps.unitOfWork.run(async ({ clients, consents, artifactRevocation }) => {
    const client = await findChangeableClient(clients, deps.declaredClientIds, clientId);
    await clients.remove(client.clientId);
    // Another client may be given the same id one day.
    await consents.removeClient(client.clientId);
    return artifactRevocation.revokeClient(client.clientId);
  });
}
