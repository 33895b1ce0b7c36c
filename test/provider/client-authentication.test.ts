import type { Client } from '../../src/domain/clients/client.js';
import { registerClient } from '../../src/domain/clients/register-client.js';
import { rotateClientSecret } from '../../src/domain/clients/rotate-client-secret.js';
import { updateClient } from '../../src/domain/clients/update-client.js';
import { createClientSecretHasher } from '../../src/security/client-secret-hasher.js';
import { buildClient } from '../support/build-client.js';
import { startClientProvider, type ClientProvider } from '../support/client-provider.js';
import { createClientUseCaseDeps } from '../support/client-use-case-deps.js';
import { createFakeChangeFeed } from '../support/fake-change-feed.js';

const clientSecretHasher = createClientSecretHasher([Buffer.alloc(32, 7)]);
const deps = { ...createClientUseCaseDeps(), clientSecretHasher };
const changes = createFakeChangeFeed();
let server: ClientProvider;

beforeAll(async () => {
  server = await startClientProvider({
    find: (id) => deps.clients.find(id),
    changes,
    clientSecretHasher,
    clock: deps.clock,
  });
});

afterAll(() => server.close());

async function registerService(
  clientId: string,
  scopes: readonly string[] = ['orders:read'],
): Promise<string> {
  const { secret = '' } = await registerClient(deps, { clientId, name: clientId, type: 'service', scopes });
  return secret;
}

interface TokenRequest {
  readonly clientId: string;
  readonly secret: string;
  readonly by?: 'basic' | 'post';
  readonly scope?: string;
}

async function requestToken({ clientId, secret, by = 'basic', scope }: TokenRequest) {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(scope === undefined ? {} : { scope }),
  });
  const headers: Record<string, string> = {};
  if (by === 'post') {
    body.set('client_id', clientId);
    body.set('client_secret', secret);
  } else {
    const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`;
    headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  const response = await fetch(`${server.url}/token`, { method: 'POST', body, headers });
  const answer = (await response.json()) as { access_token?: string; scope?: string; error?: string };
  return { status: response.status, ...answer };
}

const refused = { status: 401, error: 'invalid_client' };
const granted = { status: 200, access_token: expect.any(String) as string };

describe('client authentication with hashed secrets (RFC 6749 §2.3.1)', () => {
  it.each(['basic', 'post'] as const)('lets a client in by client_secret_%s', async (by) => {
    const secret = await registerService(`in-${by}`);
    expect(await requestToken({ clientId: `in-${by}`, secret, by })).toMatchObject(granted);
  });

  it.each(['basic', 'post'] as const)('refuses a wrong secret by client_secret_%s', async (by) => {
    const clientId = `out-${by}`;
    const secret = await registerService(clientId);
    const hash = (await deps.clients.find(clientId))?.secrets[0]?.hash ?? '';
    for (const wrong of ['wrong', `${secret}x`, secret.slice(0, -1), hash, 'undefined', ' ']) {
      expect(await requestToken({ clientId, secret: wrong, by })).toMatchObject(refused);
    }
  });

  it('refuses the secret of another client, and a client that is not there', async () => {
    const secret = await registerService('one');
    await registerService('two');
    expect(await requestToken({ clientId: 'two', secret })).toMatchObject(refused);
    expect(await requestToken({ clientId: 'nobody', secret })).toMatchObject(refused);
  });

  it('accepts two live secrets during a rotation, and only the new one after it', async () => {
    const clientId = 'rotating';
    const secret = await registerService(clientId);
    expect(await requestToken({ clientId, secret })).toMatchObject(granted);
    const rotated = await rotateClientSecret(deps, { clientId, keepOldForSeconds: 60 });
    changes.tell(clientId);
    expect(await requestToken({ clientId, secret })).toMatchObject(granted);
    expect(await requestToken({ clientId, secret: rotated.secret })).toMatchObject(granted);
    deps.advanceSeconds(60);
    expect(await requestToken({ clientId, secret })).toMatchObject(refused);
    expect(await requestToken({ clientId, secret: rotated.secret })).toMatchObject(granted);
  });

  it('refuses the earlier secret at once after a rotation without grace', async () => {
    const clientId = 'leaked';
    const secret = await registerService(clientId);
    const rotated = await rotateClientSecret(deps, { clientId });
    changes.tell(clientId);
    expect(await requestToken({ clientId, secret })).toMatchObject(refused);
    expect(await requestToken({ clientId, secret: rotated.secret })).toMatchObject(granted);
  });

  it('refuses every secret of a client that has none', async () => {
    const { secrets, ...service } = buildClient({
      clientId: 'bare',
      type: 'service',
      redirectUris: [],
      scopes: [],
    });
    await deps.clients.insert({ ...service, secrets: secrets.slice(0, 0) });
    expect(await requestToken({ clientId: 'bare', secret: 'undefined' })).toMatchObject(refused);
  });

  it('keeps no secret on the library’s client, neither plain nor hashed', async () => {
    const secret = await registerService('kept');
    const client = await server.provider.Client.find('kept');
    const hash = (await deps.clients.find('kept'))?.secrets[0]?.hash ?? '';
    expect(client?.clientSecret).toBeUndefined();
    expect(JSON.stringify(client?.metadata())).not.toContain(secret);
    expect(JSON.stringify(client?.metadata())).not.toContain(hash);
  });
});

describe('scopes of a client (RFC 6749 §3.3)', () => {
  it('grants those that are listed and refuses others', async () => {
    const secret = await registerService('reader');
    const listed = await requestToken({ clientId: 'reader', secret, scope: 'orders:read' });
    expect(listed).toMatchObject({ ...granted, scope: 'orders:read' });
    const other = await requestToken({ clientId: 'reader', secret, scope: 'orders:write' });
    expect(other).toMatchObject({ status: 400, error: 'invalid_scope' });
  });

  it('refuses every scope to a client that lists none', async () => {
    const secret = await registerService('empty', []);
    for (const scope of ['orders:read', 'openid', 'orders:read orders:write']) {
      expect(await requestToken({ clientId: 'empty', secret, scope })).toMatchObject({
        status: 400,
        error: 'invalid_scope',
      });
    }
    expect(await requestToken({ clientId: 'empty', secret })).toMatchObject(granted);
  });
});

describe('clients as the library takes them', () => {
  it.each<[string, Partial<Client>]>([
    ['web', {}],
    ['spa', { type: 'spa' }],
    [
      'native',
      { type: 'native', redirectUris: ['com.example.app:/cb', 'http://127.0.0.1/cb', 'http://[::1]/cb'] },
    ],
    ['service', { type: 'service', redirectUris: [], scopes: [] }],
    ['device', { type: 'device', redirectUris: [] }],
    ['web on loopback', { redirectUris: ['http://127.0.0.9:8080/cb', 'https://localhost/cb'] }],
    ['with a scope that is no longer configured', { scopes: ['openid', 'gone'] }],
  ])('accepts a %s client', async (name, over) => {
    await deps.clients.insert(buildClient({ clientId: `as ${name}`, ...over }));
    const client = await server.provider.Client.find(`as ${name}`);
    expect(client?.clientId).toBe(`as ${name}`);
  });

  it('lets a native client choose its loopback port, and no other client (RFC 8252 §7.3)', async () => {
    const redirectUris = ['http://127.0.0.1/cb'];
    await deps.clients.insert(buildClient({ clientId: 'any-port', type: 'native', redirectUris }));
    await deps.clients.insert(buildClient({ clientId: 'one-port', type: 'web', redirectUris }));
    const native = await server.provider.Client.find('any-port');
    const web = await server.provider.Client.find('one-port');
    expect(native?.redirectUriAllowed('http://127.0.0.1:51004/cb')).toBe(true);
    expect(native?.redirectUriAllowed('http://127.0.0.1:51004/other')).toBe(false);
    expect(web?.redirectUriAllowed('http://127.0.0.1:51004/cb')).toBe(false);
  });

  it('builds the same client once, and a new one after a change', async () => {
    await registerService('stable');
    const first = await server.provider.Client.find('stable');
    changes.tell('stable');
    expect(await server.provider.Client.find('stable')).toBe(first);
    await updateClient(deps, { clientId: 'stable', changes: { name: 'Renamed' } });
    changes.tell('stable');
    expect((await server.provider.Client.find('stable'))?.clientName).toBe('Renamed');
  });
});

describe('CORS of the token endpoint (Fetch Standard §3.2)', () => {
  async function exchange(clientId: string, origin: string) {
    const body = new URLSearchParams({
      client_id: clientId,
      grant_type: 'authorization_code',
      code: 'none',
      redirect_uri: 'https://spa.example.com/cb',
      code_verifier: 'v'.repeat(43),
    });
    const response = await fetch(`${server.url}/token`, { method: 'POST', body, headers: { origin } });
    const { error } = (await response.json()) as { error: string };
    return { allowed: response.headers.get('access-control-allow-origin'), error };
  }

  it('lets a single page application read answers from its own origin only', async () => {
    const redirectUris = ['https://spa.example.com/cb', 'http://localhost:5173/cb'];
    await deps.clients.insert(buildClient({ clientId: 'spa', type: 'spa', redirectUris }));
    for (const origin of ['https://spa.example.com', 'http://localhost:5173']) {
      expect(await exchange('spa', origin)).toEqual({ allowed: origin, error: 'invalid_grant' });
    }
    for (const origin of [
      'https://evil.example',
      'null',
      'http://localhost:1',
      'https://spa.example.com.evil.example',
    ]) {
      expect(await exchange('spa', origin)).toEqual({ allowed: null, error: 'invalid_request' });
    }
  });

  it('answers a preflight before any client is known, without credentials', async () => {
    const response = await fetch(`${server.url}/token`, {
      method: 'OPTIONS',
      headers: { origin: 'https://spa.example.com', 'access-control-request-method': 'POST' },
    });
    expect(response.headers.get('access-control-allow-origin')).toBe('https://spa.example.com');
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  });
});
