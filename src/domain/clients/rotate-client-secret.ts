import { refuseIfFaulty } from '../errors.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { auditedClient } from './audited-client.js';
import { findChangeableClient } from './changeable-client.js';
import type { Client } from './client.js';
import { tokenEndpointAuthMethod, usesSecret } from './client-defaults.js';
import { createClientSecret, type CreateClientSecretDeps } from './client-secret.js';

/** Seconds; nobody needs longer than 90 days to replace a secret. */
export const MAX_SECRET_GRACE_SECONDS = 90 * 24 * 60 * 60;

export interface RotateClientSecretDeps extends CreateClientSecretDeps {
  readonly unitOfWork: UnitOfWork<'clients' | 'audit'>;
  readonly declaredClientIds: ReadonlySet<string>;
}

export interface RotateClientSecretInput {
  readonly clientId: string;
  /**
   * Seconds for which the earlier secrets stay valid, 0 to 7,776,000. The default is 0: the rotation that cannot wait
   * is the one after a leak, so keeping the old secret is what has to be asked for.
   */
  readonly keepOldForSeconds?: number | undefined;
  /** Sees the client before anything is changed, and may throw to keep it. */
  readonly expect?: (before: Client) => void;
}

export interface RotatedClientSecret {
  readonly client: Client;
  readonly secretId: string;
  /** The new secret; this is the only time that it is told. */
  readonly secret: string;
  /** From then on the earlier secrets are refused. */
  readonly earlierSecretsExpireAt: Date;
}

/**
 * Gives a client a new secret and lets the earlier ones end.
 * @throws {DomainError} `invalid_input`, `not_found`, `declared_in_configuration`
 */
export async function rotateClientSecret(
  deps: RotateClientSecretDeps,
  input: RotateClientSecretInput,
): Promise<RotatedClientSecret> {
  const graceSeconds = input.keepOldForSeconds ?? 0;
  refuseGrace(graceSeconds);
  return deps.unitOfWork.run(async ({ clients, audit }) => {
    const client = await findChangeableClient(clients, deps.declaredClientIds, input.clientId);
    input.expect?.(client);
    refuseWithoutSecret(client);
    const { text, secret } = createClientSecret(deps);
    const expiresAt = new Date(secret.createdAt.getTime() + graceSeconds * 1000);
    await clients.removeExpiredSecrets(client.clientId, secret.createdAt);
    await clients.addSecret(client.clientId, secret);
    await clients.expireSecrets(client.clientId, expiresAt, secret.id);
    audit.record({
      type: 'client.secret_rotated',
      ...auditedClient(client.clientId),
      details: { earlier_secrets_expire_at: expiresAt.toISOString() },
    });
    const rotated = (await clients.find(client.clientId)) ?? client;
    return { client: rotated, secretId: secret.id, secret: text, earlierSecretsExpireAt: expiresAt };
  });
}

function refuseGrace(seconds: number): void {
  if (Number.isSafeInteger(seconds) && seconds >= 0 && seconds <= MAX_SECRET_GRACE_SECONDS) return;
  const detail = `keep_old_for must be a whole number of seconds, 0 to ${MAX_SECRET_GRACE_SECONDS} (90 days).`;
  refuseIfFaulty([{ field: 'keep_old_for', code: 'out_of_range', detail }]);
}

/** @throws {DomainError} `invalid_input` when the client does not authenticate with a secret */
export function refuseWithoutSecret(client: Client): void {
  if (usesSecret(client)) return;
  const method = tokenEndpointAuthMethod(client);
  const detail = `The client ${client.clientId} has no secret: it authenticates with ${method}.`;
  refuseIfFaulty([{ field: 'client_id', code: 'client_without_secret', detail }]);
}
