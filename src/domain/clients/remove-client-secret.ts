import type { UnitOfWork } from '../unit-of-work.js';
import type { Client } from './client.js';
import { auditedClient } from './audited-client.js';
import { findChangeableClient } from './changeable-client.js';

export interface RemoveClientSecretDeps {
  readonly unitOfWork: UnitOfWork<'clients' | 'audit'>;
  readonly declaredClientIds: ReadonlySet<string>;
}

/**
 * Takes a secret from a client: it is refused at once. The last one may go too, for one that leaked has to.
 * @param input.secretId the id of the secret, not its text
 * @param expect told the client while it cannot change; what it throws refuses the removal
 * @returns false when the client has no such secret
 * @throws {DomainError} `not_found` for the client, `declared_in_configuration`
 */
export async function removeClientSecret(
  deps: RemoveClientSecretDeps,
  { clientId, secretId }: { readonly clientId: string; readonly secretId: string },
  expect?: (before: Client) => void,
): Promise<boolean> {
  return deps.unitOfWork.run(async ({ clients, audit }) => {
    expect?.(await findChangeableClient(clients, deps.declaredClientIds, clientId));
    const removed = await clients.removeSecret(clientId, secretId);
    if (!removed) return false;
    audit.record({
      type: 'client.secret_removed',
      ...auditedClient(clientId),
      details: { secret: secretId },
    });
    return true;
  });
}
