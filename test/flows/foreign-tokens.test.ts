import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as jose from 'jose';
import { configurationFile } from '../support/configuration-file.js';
import {
  authorizationRequest,
  basic,
  closeConnections,
  json,
  postForm,
  redeemCode,
  send,
  tokensOf,
  type Tokens,
} from '../support/relying-party-requests.js';
import { UserAgent } from '../support/relying-party-user-agent.js';
import { expectNoFault } from '../support/server-answers.js';
import { openFixture, type Fixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { startServer, type TestServer } from '../support/server.js';

// What is signed by somebody, in every way in which it may be wrong, wherever this provider takes it.

const API = 'https://api.example.test';
const CONFIGURATION = `
features: { request_objects: true, token_exchange: true }
scopes: [{ name: read, description: read }]
resources: [{ identifier: ${API}, scopes: [read] }]
`;
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

let server: TestServer;
let fixture: Fixture;
let user: TestUser;
let app: TestClient;
let keyed: TestClient;
let key: jose.GenerateKeyPairResult;
let published: jose.JSONWebKeySet;
let tokens: Tokens;
let accessToken: string;
/** Whatever it is asked, an address inside the network must not be asked anything. */
let inside: { readonly server: Server; readonly address: string; asked: number };

beforeAll(async () => {
  server = await startServer({ env: { CONFIG: configurationFile(CONFIGURATION) } });
  fixture = await openFixture(server);
  user = await fixture.user();
  app = await fixture.client({ scopes: ['openid', 'email', 'read'], resources: [API] });
  key = await jose.generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await jose.exportJWK(key.publicKey)), alg: 'ES256', use: 'sig', kid: 'app' };
  keyed = await fixture.client({
    scopes: ['openid'],
    metadata: { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk] } as never },
  });
  published = json(await send(`${server.issuer}/jwks`)) as unknown as jose.JSONWebKeySet;
  const begun = authorizationRequest(server.issuer, app, { scope: 'openid email' });
  const code = await new UserAgent(server.issuer).codeOf(begun.url, user);
  tokens = tokensOf(await redeemCode(server.issuer, app, { code, codeVerifier: begun.codeVerifier }));
  const forApi = authorizationRequest(server.issuer, app, { scope: 'openid read', resource: API });
  const apiCode = await new UserAgent(server.issuer).codeOf(forApi.url, user);
  accessToken = tokensOf(
    await redeemCode(server.issuer, app, { code: apiCode, codeVerifier: forApi.codeVerifier }),
  ).accessToken;

  const listener = createServer((_request, response) => {
    inside.asked += 1;
    response.end('inside');
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  inside = { server: listener, address: `127.0.0.1:${port}`, asked: 0 };
});

afterAll(async () => {
  closeConnections();
  inside.server.close();
  await fixture.close();
  await server.stop();
});

const NOW = (): number => Math.floor(Date.now() / 1000);

type Forgery = (genuine: string) => string | Promise<string>;

/** The claims of a JWT under another signature. */
const signedBy =
  (alg: string, secret: () => Uint8Array | Promise<jose.CryptoKey>): Forgery =>
  async (genuine) =>
    new jose.SignJWT(jose.decodeJwt(genuine))
      .setProtectedHeader({ ...jose.decodeProtectedHeader(genuine), alg })
      .sign(await secret());

const publicPem = async (): Promise<string> => {
  const rsa = published.keys.find(({ kty }) => kty === 'RSA') ?? {};
  return jose.exportSPKI((await jose.importJWK(rsa, 'RS256')) as jose.CryptoKey);
};

const FORGERIES: Readonly<Record<string, Forgery>> = {
  'no signature, by alg none': (genuine) => new jose.UnsecuredJWT(jose.decodeJwt(genuine)).encode(),
  'none in another case': (genuine) => {
    const header = Buffer.from(JSON.stringify({ alg: 'nOnE', typ: 'JWT' })).toString('base64url');
    return `${header}.${genuine.split('.')[1] ?? ''}.`;
  },
  'its signature cut off': (genuine) => genuine.replace(/[^.]*$/, ''),
  'another signature': (genuine) =>
    genuine.replace(/[^.]*$/, (last) => Buffer.from(last, 'base64url').reverse().toString('base64url')),
  'other claims under its signature': (genuine) => {
    const [header = '', , signature = ''] = genuine.split('.');
    const claims = { ...jose.decodeJwt(genuine), sub: 'somebody-else' };
    return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
  },
  'an HMAC by the public key (RFC 8725 §2.1)': async (genuine) => {
    const secret = new TextEncoder().encode(await publicPem());
    return signedBy('HS256', () => secret)(genuine);
  },
  'the signature of a key that nobody knows': signedBy(
    'ES256',
    async () => (await jose.generateKeyPair('ES256')).privateKey,
  ),
  'a key of its own in its header (RFC 8725 §3.10)': async (genuine) => {
    const own = await jose.generateKeyPair('ES256', { extractable: true });
    return new jose.SignJWT(jose.decodeJwt(genuine))
      .setProtectedHeader({ alg: 'ES256', jwk: await jose.exportJWK(own.publicKey) })
      .sign(own.privateKey);
  },
  'keys at an address inside': async (genuine) => {
    const own = await jose.generateKeyPair('ES256');
    return new jose.SignJWT(jose.decodeJwt(genuine))
      .setProtectedHeader({ alg: 'ES256', jku: `http://${inside.address}/jwks`, kid: 'x' })
      .sign(own.privateKey);
  },
  'five parts': (genuine) => `${genuine}.a.b`,
  'a header that is no JSON': (genuine) => genuine.replace(/^[^.]*/, 'e30x'),
  'no JWT at all': () => '..',
};

const NAMES = Object.keys(FORGERIES);
const forge = async (name: string, genuine: string): Promise<string> =>
  (await FORGERIES[name]?.(genuine)) ?? '';

describe('an access token', () => {
  test.each(NAMES)('with %s is worth nothing (RFC 7662 §2.2, RFC 6750 §3.1)', async (name) => {
    for (const genuine of [accessToken, tokens.idToken]) {
      const token = await forge(name, genuine);
      const introspected = await postForm(`${server.issuer}/introspect`, { token }, { headers: basic(app) });
      // JWTs are verified by whoever receives them; introspection is for opaque tokens.
      expect([
        { active: false },
        expect.objectContaining({ error: 'unsupported_token_type' }) as object,
      ]).toContainEqual(json(introspected));
      const userinfo = await send(`${server.issuer}/userinfo`, {
        headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
      });
      expectNoFault(userinfo);
      expect([userinfo.status, json(userinfo)['error']]).toEqual([401, 'invalid_token']);
      const api = await send(`${server.issuer}/api/v1/users`, {
        headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
      });
      expect(api.status).toBe(401);
    }
  });

  test('for an API is not one for userinfo, and an ID token is none (RFC 9068 §4, RFC 8725 §3.11)', async () => {
    for (const token of [accessToken, tokens.idToken, tokens.refreshToken]) {
      const userinfo = await send(`${server.issuer}/userinfo`, {
        headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
      });
      expect([userinfo.status, json(userinfo)['error']]).toEqual([401, 'invalid_token']);
    }
  });
});

describe('an ID token as a hint', () => {
  test.each(NAMES)('with %s is refused (OpenID Connect Core 1.0 §3.1.2.6)', async (name) => {
    const hint = await forge(name, tokens.idToken);
    const begun = authorizationRequest(server.issuer, app, { prompt: 'none', id_token_hint: hint });
    const { url, page } = await new UserAgent(server.issuer).open(begun.url);
    expect(page?.status ?? 0).toBeLessThan(500);
    expect(url.searchParams.get('code')).toBeNull();
    expect(['invalid_request', 'login_required']).toContain(url.searchParams.get('error'));
    const query = new URLSearchParams({ id_token_hint: hint }).toString();
    const logout = await send(`${server.issuer}/session/end?${query}`);
    expectNoFault(logout);
    expect(logout.headers.location).toBeUndefined();
  });
});

async function assertionWith(claims: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const { clientId } = keyed;
  const now = NOW();
  const all = {
    iss: clientId,
    sub: clientId,
    aud: server.issuer,
    jti: crypto.randomUUID(),
    iat: now,
    exp: now + 60,
  };
  return new jose.SignJWT({ ...all, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'app' })
    .sign(key.privateKey);
}

const askWith = (assertion: string) =>
  postForm(`${server.issuer}/introspect`, {
    token: 'unknown',
    client_id: keyed.clientId,
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: assertion,
  });

describe('a client assertion', () => {
  test('that is right is taken, once', async () => {
    const assertion = await assertionWith();
    expect((await askWith(assertion)).status).toBe(200);
    expect(json(await askWith(assertion))['error']).toBe('invalid_client');
  });

  test.each(NAMES)('with %s is refused (RFC 7523 §3)', async (name) => {
    const answer = await askWith(await forge(name, await assertionWith()));
    expectNoFault(answer);
    expect([400, 401]).toContain(answer.status);
    expect(['invalid_client', 'invalid_request']).toContain(json(answer)['error']);
  });

  const CLAIMS: readonly [string, () => Readonly<Record<string, unknown>>][] = [
    ['has expired', () => ({ exp: NOW() - 60 })],
    ['is not valid yet', () => ({ nbf: NOW() + 60 })],
    ['comes from the future', () => ({ iat: NOW() + 3600 })],
    ['is for another', () => ({ aud: 'https://other.example.test' })],
    ['is of another client', () => ({ iss: app.clientId, sub: app.clientId })],
    ['is of another issuer', () => ({ iss: 'https://other.example.test' })],
    ['ends never', () => ({ exp: undefined })],
    ['has an end that is a text', () => ({ exp: 'tomorrow' })],
    ['has no jti', () => ({ jti: undefined })],
    ['has a jti that is an object', () => ({ jti: { a: 1 } })],
    ['has a huge jti', () => ({ jti: 'x'.repeat(50_000) })],
    ['has a subject that is a list', () => ({ sub: [keyed.clientId] })],
    ['has an audience that is an object', () => ({ aud: { issuer: server.issuer } })],
  ];

  test.each(CLAIMS)(
    'that %s is not a fault of the server, nor taken twice (RFC 7523 §3)',
    async (_what, claims) => {
      const assertion = await assertionWith(claims());
      const first = await askWith(assertion);
      const second = await askWith(assertion);
      for (const answer of [first, second]) expectNoFault(answer);
      expect(['invalid_client', 'invalid_request']).toContain(json(second)['error']);
    },
  );
});

describe('a request object', () => {
  async function requestWith(claims: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const begun = authorizationRequest(server.issuer, keyed);
    const all = {
      ...Object.fromEntries(new URL(begun.url).searchParams),
      ...{ iss: keyed.clientId, aud: server.issuer, exp: NOW() + 60, nbf: NOW() },
    };
    return new jose.SignJWT({ ...all, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'app' })
      .sign(key.privateKey);
  }

  async function openWith(parameters: Readonly<Record<string, string>>) {
    const begun = authorizationRequest(server.issuer, keyed, parameters);
    const { url, page } = await new UserAgent(server.issuer).open(begun.url);
    if (page) expectNoFault(page);
    return { error: url.searchParams.get('error'), text: page?.text ?? '' };
  }

  test('that is right is taken', async () => {
    expect((await openWith({ request: await requestWith() })).text).toContain('name="username"');
  });

  test.each(NAMES)('with %s is refused (RFC 9101 §6.2, §10)', async (name) => {
    const { error, text } = await openWith({ request: await forge(name, await requestWith()) });
    expect(error ?? text).toContain('invalid_request_object');
  });

  const CLAIMS: readonly [string, () => Readonly<Record<string, unknown>>][] = [
    ['has expired', () => ({ exp: NOW() - 60 })],
    ['is not valid yet', () => ({ nbf: NOW() + 60 })],
    ['is for another', () => ({ aud: 'https://other.example.test' })],
    ['is of another client', () => ({ iss: app.clientId })],
    ['speaks of another client', () => ({ client_id: app.clientId })],
    ['names an address inside', () => ({ request_uri: `http://${inside.address}/request` })],
    ['holds another', () => ({ request: 'x' })],
  ];

  test.each(CLAIMS)('that %s is refused (RFC 9101 §6.3)', async (_what, claims) => {
    const { error, text } = await openWith({ request: await requestWith(claims()) });
    expect(error ?? text).toContain('invalid_request_object');
  });

  const ADDRESSES: Readonly<Record<string, () => string>> = {
    'this machine': () => `http://${inside.address}/request`,
    'this machine by name': () => `http://localhost:${inside.address.split(':')[1] ?? ''}/request`,
    'this machine as one number': () => `http://2130706433:${inside.address.split(':')[1] ?? ''}/`,
    'this machine in IPv6': () => `http://[::ffff:127.0.0.1]:${inside.address.split(':')[1] ?? ''}/`,
    'the metadata of a cloud': () => 'http://169.254.169.254/latest/meta-data/',
    'a private network': () => 'https://10.0.0.1/request',
    'a file': () => 'file:///etc/passwd',
    'another scheme': () => 'gopher://127.0.0.1:70/',
    'a pushed request that is not there': () => 'urn:ietf:params:oauth:request_uri:../../x',
  };

  test.each(Object.keys(ADDRESSES))(
    'is not fetched from %s (OWASP ASVS 5.0 V1.3.6, RFC 9101 §10.4)',
    async (what) => {
      const address = ADDRESSES[what]?.() ?? '';
      const { error, text } = await openWith({ request_uri: address });
      expect(error ?? text).toMatch(/request_uri_not_supported|invalid_request_uri/);
      const pushed = await postForm(
        `${server.issuer}/par`,
        { client_id: app.clientId, request_uri: address },
        { headers: basic(app) },
      );
      expectNoFault(pushed);
      expect(pushed.status).toBe(400);
      expect(inside.asked).toBe(0);
    },
  );
});

test('nothing of all this was a failure in the server’s own eyes, nor made it ask anybody', () => {
  expect(inside.asked).toBe(0);
  const failures = server
    .stdout()
    .split('\n')
    .filter((line) => line.includes('"level":50'));
  expect(failures).toEqual([]);
});
