import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import Provider, { type Adapter, type AdapterPayload } from 'oidc-provider';
import type { Client } from '../../src/domain/clients/client.js';
import { ClientHandOver, keepBuiltClients } from '../../src/provider/built-clients.js';
import { createClientAdapter } from '../../src/provider/client-adapter.js';
import { createClientCache, type ClientChangeFeed } from '../../src/provider/client-cache.js';
import { EXTRA_CLIENT_METADATA, validateExtraClientMetadata } from '../../src/provider/client-metadata.js';
import { installClientSecretComparison } from '../../src/provider/client-secret-comparison.js';
import { clientBasedCORS } from '../../src/provider/cors.js';
import { denyUnlistedScopes } from '../../src/provider/deny-unlisted-scopes.js';
import type { ClientSecretHasher } from '../../src/domain/clients/client-secret-hasher.js';
import type { Clock } from '../../src/domain/clock.js';

export interface ClientProviderOptions {
  readonly find: (clientId: string) => Promise<Client | undefined>;
  readonly clientSecretHasher: ClientSecretHasher;
  readonly clock: Clock;
  readonly changes: ClientChangeFeed;
  /** Answers what the library fetches: the keys of clients. Absent: it fetches. */
  readonly fetch?: (url: string) => Promise<Response>;
}

export interface ClientProvider {
  readonly provider: Provider;
  readonly url: string;
  close(): Promise<void>;
}

/** The library itself on loopback, with our clients and everything else in memory. */
export async function startClientProvider(options: ClientProviderOptions): Promise<ClientProvider> {
  const { fetch: answer } = options;
  const clients = createClientCache(options, options.changes);
  const scopes = ['openid', 'offline_access', 'orders:read', 'orders:write'];
  const handOver = new ClientHandOver();
  const clientAdapter = createClientAdapter(clients, new Set(scopes), undefined, handOver);
  // It closes no connection by itself: a request that is sent at that moment would be lost.
  const server: Server = createServer({ keepAliveTimeout: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const url = `http://127.0.0.1:${address.port}`;
  const provider = new Provider(url, {
    adapter: (name) => (name === 'Client' ? clientAdapter : createMemoryAdapter()),
    scopes,
    ...(answer && { fetch: (url: string | URL | Request) => answer(new Request(url).url) }),
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    responseTypes: ['code'],
    cookies: { keys: ['a key for tests'] },
    clientBasedCORS,
    extraClientMetadata: { properties: [...EXTRA_CLIENT_METADATA], validator: validateExtraClientMetadata },
    features: {
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: true },
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
    },
  });
  keepBuiltClients(provider, clients, handOver, options.clock);
  installClientSecretComparison(provider, { ...options, clients });
  denyUnlistedScopes(provider);
  const handle = provider.callback();
  server.on('request', (request, response) => void handle(request, response));
  return {
    provider,
    url,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function createMemoryAdapter(): Adapter {
  const payloads = new Map<string, AdapterPayload>();
  const nothing = () => Promise.resolve(undefined);
  return {
    upsert: (id, payload) => Promise.resolve(void payloads.set(id, payload)),
    find: (id) => Promise.resolve(payloads.get(id)),
    destroy: (id) => Promise.resolve(void payloads.delete(id)),
    consume: nothing,
    findByUid: nothing,
    findByUserCode: nothing,
    revokeByGrantId: nothing,
  };
}
