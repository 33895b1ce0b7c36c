import type Provider from 'oidc-provider';
import { orUnavailable } from './unavailable.js';
import type { ClientDirectory } from '../domain/clients/client-directory.js';
import { matchesLiveSecret, type ClientSecretHasher } from '../domain/clients/client-secret-hasher.js';
import type { Clock } from '../domain/clock.js';

export interface ClientSecretComparisonDeps {
  /** The same cached look-up that the adapter has. */
  readonly clients: Pick<ClientDirectory, 'find'>;
  readonly clientSecretHasher: ClientSecretHasher;
  readonly clock: Clock;
}

/**
 * Lets the library authenticate clients by the hashes of their secrets, of which several may be live, each with an end
 * of its own. The library compares with the one plain secret of its client and refuses a client without it; here its
 * clients have none, so nothing in it (HMAC-signed tokens, `client_secret_jwt`) can fall back to one.
 * Both changes stay on this provider's own `Client` class.
 * @see RFC 6749 §2.3.1
 */
export function installClientSecretComparison(provider: Provider, deps: ClientSecretComparisonDeps): void {
  const { Client } = provider;

  Client.prototype.compareClientSecret = function compareClientSecret(presented: string) {
    const finding = orUnavailable(() => deps.clients.find(this.clientId));
    return finding.then(
      (client) =>
        client !== undefined &&
        matchesLiveSecret(deps.clientSecretHasher, client.secrets, presented, deps.clock.now()),
    );
  };

  // Not in the library's types: it decides whether `client_secret` is a mandatory property.
  Object.defineProperty(Client, 'needsSecret', { configurable: true, value: () => false });
}
