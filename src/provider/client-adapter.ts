import type { Adapter } from 'oidc-provider';
import type { ClientDirectory } from '../domain/clients/client-directory.js';
import { orUnavailable } from './unavailable.js';
import { toProviderMetadata } from './client-metadata.js';

/**
 * The library's adapter for the model `Client`: it reads the client directory and writes nothing, since clients are
 * registered by use cases.
 * @param clients where clients are found; asked at every request, so give it a `createClientCache`
 * @param providerScopes the scopes of the library's configuration
 */
export function createClientAdapter(
  clients: Pick<ClientDirectory, 'find'>,
  providerScopes: ReadonlySet<string>,
): Adapter {
  return {
    async find(id) {
      const client = await orUnavailable(() => clients.find(id));
      return client && toProviderMetadata(client, providerScopes);
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
