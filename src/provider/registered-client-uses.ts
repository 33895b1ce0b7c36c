import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { ClientRegistrationStore } from '../domain/client-registration/client-registration-store.js';
import type { Clock } from '../domain/clock.js';
import { errorFields, type Logger } from '../observability/logger.js';
import { clientTraits } from './client-metadata.js';

/** Clients of which a process remembers that their first use was taken down. */
const MOST_REMEMBERED = 10_000;

/**
 * Takes the first use of clients down that registered themselves: those that are never used go after some days. It happens
 * beside the answer and not in its way.
 */
export function createNoteRegisteredClientUse(deps: {
  readonly clientRegistrations: Pick<ClientRegistrationStore, 'markUsed'>;
  readonly clock: Clock;
  readonly logger: Logger;
}): (clientId: string) => void {
  const noted = new Set<string>();
  return (clientId) => {
    if (noted.has(clientId)) return;
    const [oldest] = noted;
    if (noted.size >= MOST_REMEMBERED && oldest !== undefined) noted.delete(oldest);
    noted.add(clientId);
    deps.clientRegistrations.markUsed(clientId, deps.clock.now()).catch((error: unknown) => {
      noted.delete(clientId);
      deps.logger.warn('first use of a client not taken down', errorFields(error));
    });
  };
}

/** A client is used when somebody comes to it by a sign-in, and when it gets tokens. */
export function noteRegisteredClientUses(provider: Provider, note: (clientId: string) => void): void {
  const used = ({ oidc: { client } }: KoaContextWithOIDC): void => {
    if (client && clientTraits(client).selfRegistered) note(client.clientId);
  };
  provider.on('authorization.success', used);
  provider.on('grant.success', used);
}
