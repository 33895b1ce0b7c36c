import type { Adapter } from 'oidc-provider';
import type { ClientDirectory } from '../domain/clients/client-directory.js';
import { ClientHandOver } from './built-clients.js';
import { orUnavailable } from './unavailable.js';
import { profileContradictions } from '../domain/clients/client-profile-rules.js';
import { toProviderMetadata } from './client-metadata.js';
import { CODES_ONLY, type OfferedToClients } from './offered-to-clients.js';

/**
 * The library's adapter for the model `Client`: it reads the client directory and writes nothing, since clients are
 * registered by use cases.
 * @param clients where clients are found; asked at every request, so give it a `createClientCache`
 * @param providerScopes the scopes of the library's configuration
 * @param offered what a client keeps: the library refuses one that has more
 * @param handOver by which `keepBuiltClients` spares a second look
 */
export function createClientAdapter(
  clients: Pick<ClientDirectory, 'find'>,
  providerScopes: ReadonlySet<string>,
  offered: OfferedToClients = CODES_ONLY,
  handOver: ClientHandOver = new ClientHandOver(),
): Adapter {
  return {
    async find(id) {
      const { client } = handOver.offered(id) ?? { client: await orUnavailable(() => clients.find(id)) };
      // A client that was registered before the deployment took its profile may contradict it.
      if (!client || profileContradictions(client).length > 0) return undefined;
      const metadata = toProviderMetadata(client, providerScopes);
      return {
        ...metadata,
        grant_types: metadata.grant_types?.filter((grantType) => offered.grants[grantType] ?? true),
        response_types: metadata.response_types?.filter((type) => offered.responseTypes.includes(type)),
      };
    },
    upsert: () => refuse('upsert'),
    destroy: () => refuse('destroy'),
    consume: () => refuse('consume'),
    findByUid: () => refuse('findByUid'),
    findByUserCode: () => refuse('findByUserCode'),
    revokeByGrantId: () => refuse('revokeByGrantId'),
  };
}

function refuse(operation: string): Promise<never> {
  return Promise.reject(
    new TypeError(
      `The adapter of clients has no ${operation}: clients change through the use cases of the domain.`,
    ),
  );
}
