import { generateKeyPairSync } from 'node:crypto';
import type { Middleware } from 'koa';
import Provider, { type AdapterPayload, type ClientMetadata } from 'oidc-provider';

/** The endpoints of the protocol library itself, with one client and everything in memory. */
export function createLibraryMiddleware(issuer: string, client: ClientMetadata): Middleware {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const rows = new Map<string, AdapterPayload>();
  const provider = new Provider(issuer, {
    adapter: (model) => ({
      find: (id) => Promise.resolve(rows.get(`${model} ${id}`)),
      findByUid: (uid) => Promise.resolve([...rows.values()].find((row) => row.uid === uid)),
      findByUserCode: () => Promise.resolve(undefined),
      upsert: (id, payload) => Promise.resolve(void rows.set(`${model} ${id}`, payload)),
      destroy: (id) => Promise.resolve(void rows.delete(`${model} ${id}`)),
      consume: () => Promise.resolve(),
      revokeByGrantId: () => Promise.resolve(),
    }),
    clients: [client],
    cookies: { keys: ['a key for tests'] },
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kty: 'RSA', use: 'sig' }] },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
  });
  const [middleware] = provider.middleware;
  if (!middleware) throw new Error('The provider has no middleware.');
  return middleware as Middleware;
}
