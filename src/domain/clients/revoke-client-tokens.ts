import { DomainError } from '../errors.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { auditedClient } from './audited-client.js';
import type { ClientDirectory } from './client-directory.js';
import type { Client } from './client.js';

export interface RevokeClientTokensDeps {
  readonly unitOfWork: UnitOfWork<'artifactRevocation' | 'audit'>;
  readonly clientDirectory: Pick<ClientDirectory, 'find'>;
}

/**
 * Ends every grant, token and code that a client holds, whoever it holds them for, in one unit of work. Its secrets, the
 * sessions of people and their consents stay: the client gets new ones where it is allowed to.
 * @param expect sees the client before anything ends, and may throw to keep it all
 * @returns how many grants, tokens and codes ended
 * @throws {DomainError} `not_found`
 */
export async function revokeClientTokens(
  { unitOfWork, clientDirectory }: RevokeClientTokensDeps,
  clientId: string,
  expect?: (client: Client) => void,
): Promise<number> {
  const client = await clientDirectory.find(clientId);
  if (client === undefined) {
    throw new DomainError('not_found', `There is no client ${JSON.stringify(clientId)}.`);
  }
  expect?.(client);
  return unitOfWork.run(async ({ artifactRevocation, audit }) => {
    const ended = await artifactRevocation.revokeClient(client.clientId);
    audit.record({ type: 'client.tokens_revoked', ...auditedClient(client.clientId), details: { ended } });
    return ended;
  });
}
