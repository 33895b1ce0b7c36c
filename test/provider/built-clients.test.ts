import { generateKeyPairSync, sign } from 'node:crypto';
import type { Client } from '../../src/domain/clients/client.js';
import type { JsonObject } from '../../src/domain/json.js';
import { createClientSecretHasher } from '../../src/security/client-secret-hasher.js';
import { buildClient } from '../support/build-client.js';
import { startClientProvider, type ClientProvider } from '../support/client-provider.js';
import { createFakeChangeFeed } from '../support/fake-change-feed.js';
import { createFakeClock } from '../support/fake-clock.js';

/** Ten times what the library itself keeps. */
const CLIENTS = 1_000;

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwks: { keys: JsonObject[] } = {
  keys: [{ ...(publicKey.export({ format: 'jwk' }) as JsonObject), alg: 'ES256', use: 'sig' }],
};
const keysOf = (clientId: string) => `https://${clientId}.example.com/jwks`;

const service = (clientId: string, over: Partial<Client> = {}): Client =>
  buildClient({
    clientId,
    type: 'service',
    redirectUris: [],
    scopes: ['orders:read'],
    metadata: {
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks_uri: keysOf(clientId),
    },
    ...over,
  });

let server: ClientProvider;
let counter = 0;
const clock = createFakeClock();
const changes = createFakeChangeFeed();
const stored = new Map<string, Client>();
/** What was read from the directory, and fetched from clients. */
const reads: string[] = [];
const fetched: string[] = [];

beforeAll(async () => {
  server = await startClientProvider({
    find: (id) => {
      reads.push(id);
      return Promise.resolve(stored.get(id));
    },
    fetch: (url) => {
      fetched.push(url);
      return Promise.resolve(Response.json(jwks));
    },
    changes,
    clientSecretHasher: createClientSecretHasher([Buffer.alloc(32, 7)]),
    clock,
  });
});
afterAll(() => server.close());
beforeEach(() => {
  changes.listening = true;
  stored.clear();
  reads.length = 0;
  fetched.length = 0;
});

/** Asks for a token as the client, which proves itself by its key. @see RFC 7523 §2.2 */
async function tokenStatus(clientId: string, kid?: string): Promise<number> {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: clientId, sub: clientId, aud: server.url, jti: `${(counter += 1)}`, exp: now + 60 };
  const signed = `${part({ alg: 'ES256', kid })}.${part(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  const { status } = await fetch(`${server.url}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: `${signed}.${signature.toString('base64url')}`,
    }),
  });
  return status;
}

/** All of them in turn, a few at a time. */
async function allAsk(clientIds: readonly string[]): Promise<Set<number>> {
  const waiting = [...clientIds];
  const statuses = new Set<number>();
  const ask = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift())
      statuses.add(await tokenStatus(id));
  };
  await Promise.all(Array.from({ length: 8 }, ask));
  return statuses;
}

test('reads each of a thousand clients once, and fetches its keys once, however often they come', async () => {
  const ids = Array.from({ length: CLIENTS }, (_, index) => `client-${index}`);
  for (const id of ids) stored.set(id, service(id));
  expect(await allAsk(ids)).toEqual(new Set([200]));
  // Some of all again: the first of them came long ago.
  expect(await allAsk(ids.filter((_, index) => index % 5 === 0))).toEqual(new Set([200]));
  expect(reads.sort()).toEqual([...ids].sort());
  expect(fetched.sort()).toEqual(ids.map(keysOf).sort());
});

test('reads and fetches once for requests that come at the same time', async () => {
  stored.set('crowd', service('crowd'));
  expect(await allAsk(Array.from({ length: 8 }, () => 'crowd'))).toEqual(new Set([200]));
  expect(reads).toEqual(['crowd']);
  expect(fetched).toEqual([keysOf('crowd')]);
});

test('fetches the keys of a client again for one that it does not know, and seldom enough (OpenID Connect Core 1.0 §10.1.1)', async () => {
  stored.set('rotating', service('rotating'));
  const [old] = jwks.keys;
  jwks.keys = [{ ...old, kid: 'old' }];
  expect(await tokenStatus('rotating', 'old')).toBe(200);
  const ask = async (kid: string) => ({
    status: await tokenStatus('rotating', kid),
    fetches: fetched.length,
  });
  jwks.keys = [{ ...old, kid: 'next' }];
  expect(await ask('next')).toEqual({ status: 200, fetches: 2 });
  for (const _round of [1, 2]) expect(await ask('made up')).toEqual({ status: 401, fetches: 2 });
  clock.advance(30);
  expect(await ask('made up')).toEqual({ status: 401, fetches: 3 });
  expect(await ask('next')).toEqual({ status: 200, fetches: 3 });
  jwks.keys = old ? [old] : [];
});

test('builds a client anew after a change, and no other', async () => {
  for (const id of ['changed', 'unchanged']) stored.set(id, service(id));
  expect(await allAsk(['changed', 'unchanged'])).toEqual(new Set([200]));
  stored.set('changed', service('changed', { metadata: { token_endpoint_auth_method: 'none' } }));
  changes.tell('changed');
  expect(await tokenStatus('changed')).not.toBe(200);
  expect(await tokenStatus('unchanged')).toBe(200);
  expect(reads).toEqual(['changed', 'unchanged', 'changed']);
  expect(fetched).toEqual([keysOf('changed'), keysOf('unchanged')]);
});

test('keeps nothing of a client while changes may go unheard', async () => {
  changes.listening = false;
  stored.set('unheard', service('unheard'));
  expect(await tokenStatus('unheard')).toBe(200);
  stored.delete('unheard');
  expect(await tokenStatus('unheard')).toBe(401);
});

test('looks once for a client that is not there, and again the next time', async () => {
  for (let round = 0; round < 2; round += 1)
    expect(await server.provider.Client.find('nobody')).toBeUndefined();
  expect(reads).toEqual(['nobody', 'nobody']);
});
