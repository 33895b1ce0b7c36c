import { refuseIfFaulty } from '../errors.js';
import { auditedClient } from './audited-client.js';
import { findChangeableClient } from './changeable-client.js';
import type { Client } from './client.js';
import { createClientSecret } from './client-secret.js';
import { refuseWithoutSecret, type RotateClientSecretDeps } from './rotate-client-secret.js';

/** Live secrets of a client at most: each is compared when the client authenticates. */
export const MAX_LIVE_SECRETS = 10;

export interface AddedClientSecret {
  readonly client: Client;
  readonly secretId: string;
  /** This is the only time that it is told. */
  readonly secret: string;
}

/**
 * Gives a client one more secret; those that it has stay as they are, until they are removed.
 * @param expect sees the client before anything is changed, and may throw to keep it
 * @throws {DomainError} `invalid_input`, `not_found`, `declared_in_configuration`
 */
export async function addClientSecret(
  deps: RotateClientSecretDeps,
  clientId: string,
  expect?: (before: Client) => void,
): Promise<AddedClientSecret> {
  return deps.unitOfWork.run(async ({ clients, audit }) => {
    const client = await findChangeableClient(clients, deps.declaredClientIds, clientId);
    expect?.(client);
    refuseWithoutSecret(client);
    const { text, secret } = createClientSecret(deps);
    await clients.removeExpiredSecrets(clientId, secret.createdAt);
    const live = client.secrets.filter(({ expiresAt }) => !expiresAt || expiresAt > secret.createdAt);
    if (live.length >= MAX_LIVE_SECRETS) {
      const detail = `The client has ${live.length} live secrets, as many as it may have; remove one first.`;
      refuseIfFaulty([{ field: 'client_id', code: 'too_many_secrets', detail }]);
    }
    await clients.addSecret(clientId, secret);
    audit.record({
      type: 'client.secret_rotated',
      ...auditedClient(clientId),
      details: { added: secret.id, earlier_secrets_expire_at: null },
    });
    return { client: (await clients.find(clientId)) ?? client, secretId: secret.id, secret: text };
  });
}
