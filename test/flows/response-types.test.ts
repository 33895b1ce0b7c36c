import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import * as jose from 'jose';
import * as openid from 'openid-client';
import type { Browser } from 'playwright-core';
import { createInitialAccessToken } from '../../src/domain/client-registration/create-initial-access-token.js';
import type { RegisterClientInput } from '../../src/domain/clients/register-client.js';
import { OPERATOR } from '../../src/domain/roles/grantor.js';
import { launchBrowser } from '../support/browser.js';
import { configurationFile } from '../support/configuration-file.js';
import { LOOPBACK_CERTIFICATE, LOOPBACK_PRIVATE_KEY } from '../support/loopback-certificate.js';
import { listenForLogout } from '../support/logout-listener.js';
import {
  authorizationRequest,
  basic,
  closeConnections,
  json,
  postForm,
  redeemCode,
  send,
  userinfo,
  type HttpAnswer,
} from '../support/relying-party-requests.js';
import { formOf, unescapeHtml, UserAgent } from '../support/relying-party-user-agent.js';
import {
  openFixture,
  REDIRECT_URI,
  type Fixture,
  type TestClient,
  type TestUser,
} from '../support/server-fixture.js';
import { startServer, type TestServer } from '../support/server.js';

const API = 'https://api.example.test';
const CONFIGURATION = `
features:
  response_types: [code id_token, id_token, code token, code id_token token, id_token token]
scopes: [{ name: orders:read, description: Read your orders }]
resources: [{ identifier: ${API}, scopes: [orders:read] }]
client_registration: { mode: open, grant_types: [authorization_code, refresh_token, implicit] }
`;

let server: TestServer;
let fixture: Fixture;
let user: TestUser;
let keys: ReturnType<typeof jose.createRemoteJWKSet>;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([
    startServer({ env: { CONFIG: configurationFile(CONFIGURATION) } }),
    launchBrowser(),
  ]);
  fixture = await openFixture(server);
  user = await fixture.user({ profile: { givenName: 'Ada' } });
  keys = jose.createRemoteJWKSet(new URL(`${server.issuer}/jwks`));
});

afterAll(async () => {
  closeConnections();
  await browser.close();
  await fixture.close();
  await server.stop();
});

const clientWith = (responseTypes: readonly string[], input: Partial<RegisterClientInput> = {}) =>
  fixture.client({ ...input, metadata: { response_types: responseTypes, ...input.metadata } });

async function discover({ clientId, clientSecret }: TestClient): Promise<openid.Configuration> {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- so marked to stand out; the server is on loopback
  const execute = [openid.allowInsecureRequests];
  const authentication = openid.ClientSecretBasic(clientSecret);
  return openid.discovery(new URL(server.issuer), clientId, {}, authentication, { execute });
}

/** An authorization request, as `openid-client` makes it. */
async function requestOf(config: openid.Configuration, extra: Readonly<Record<string, string>> = {}) {
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [openid.randomState(), openid.randomNonce()];
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT_URI,
    scope: 'openid email profile',
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
    ...extra,
  });
  return { url: url.href, checks: { pkceCodeVerifier, expectedState, expectedNonce } };
}

/** What a browser brings to the address of the app. */
const answerAt = (url: URL): URLSearchParams => new URLSearchParams(url.hash.slice(1));

/** What a browser posts to the app from a page of this provider. */
function postedBy(page: HttpAnswer): Request {
  expect(page.text).toContain(`<form method="post" action="${REDIRECT_URI}"`);
  const fields = [...page.text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)];
  return new Request(REDIRECT_URI, {
    method: 'POST',
    body: new URLSearchParams(
      fields.map(([, name = '', value = '']): [string, string] => [name, unescapeHtml(value)]),
    ),
  });
}

async function signedInAgent(client: TestClient): Promise<UserAgent> {
  const agent = new UserAgent(server.issuer);
  await agent.signIn(ask(client).url, user);
  return agent;
}

const ask = (client: TestClient, extra: Readonly<Record<string, string>> = {}) =>
  authorizationRequest(server.issuer, client, { response_type: 'id_token', ...extra });

/** The left half of the hash of a value, as RS256 has it. @see OpenID Connect Core 1.0 §3.3.2.11 */
const halfHash = (value: string): string =>
  createHash('sha256').update(value).digest().subarray(0, 16).toString('base64url');

const verify = async (idToken: string, { clientId }: TestClient) =>
  (await jose.jwtVerify(idToken, keys, { issuer: server.issuer, audience: clientId })).payload;

describe('a client that chose the hybrid flow (OpenID Connect Core 1.0 §3.3)', () => {
  let client: TestClient;
  let config: openid.Configuration;

  beforeAll(async () => {
    client = await clientWith(['code', 'code id_token'], { firstParty: false });
    config = await discover(client);
    openid.useCodeIdTokenResponseType(config);
  });

  test('gets a code and an ID token in the fragment, and redeems the code', async () => {
    const { url, checks } = await requestOf(config);
    const callback = await new UserAgent(server.issuer).signIn(url, user);
    expect([callback.search, answerAt(callback).get('iss')]).toEqual(['', server.issuer]);
    const claims = await verify(answerAt(callback).get('id_token') ?? '', client);
    // Userinfo tells the rest (§5.4).
    expect(claims).toMatchObject({ sub: user.id, c_hash: expect.any(String) as string });
    expect(claims).not.toHaveProperty('email');
    const tokens = await openid.authorizationCodeGrant(config, callback, checks);
    expect(tokens.claims()?.sub).toBe(user.id);
    expect(await openid.fetchUserInfo(config, tokens.access_token, user.id)).toMatchObject({
      email: user.email,
    });
  });

  test('gets them by a form where it asks for it (OAuth 2.0 Form Post Response Mode §2)', async () => {
    const { url, checks } = await requestOf(config, { response_mode: 'form_post' });
    const agent = await signedInAgent(await clientWith(['id_token']));
    let { page } = await agent.open(url);
    if (page?.text.includes('name="decision"')) {
      ({ page } = await agent.submit(formOf(page, '/consent'), { decision: 'allow' }));
    }
    if (!page) throw new Error('There is no page with a form.');
    const tokens = await openid.authorizationCodeGrant(config, postedBy(page), checks);
    expect(tokens.claims()?.sub).toBe(user.id);
  });

  test('still gets a code alone, in the query', async () => {
    const { url } = authorizationRequest(server.issuer, client);
    const callback = await new UserAgent(server.issuer).signIn(url, user);
    expect([callback.hash, callback.searchParams.has('code')]).toEqual(['', true]);
  });
});

test('a real browser carries the answer, in the fragment and by the form, from pages that a person has used', async () => {
  const posted: string[] = [];
  const site = createServer(
    { cert: LOOPBACK_CERTIFICATE, key: LOOPBACK_PRIVATE_KEY },
    (request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        if (request.method === 'POST') posted.push(body);
        response.setHeader('content-type', 'text/html').end('<!doctype html><title>The app</title>');
      });
    },
  );
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  const callback = `https://127.0.0.1:${(site.address() as AddressInfo).port}/callback`;
  const atApp = (url: URL): boolean => url.href.startsWith(callback);
  const client = await clientWith(['code id_token'], { firstParty: false, redirectUris: [callback] });
  const config = await discover(client);
  openid.useCodeIdTokenResponseType(config);
  const page = await browser.newPage({ ignoreHTTPSErrors: true });

  const first = await requestOf(config, { redirect_uri: callback });
  await page.goto(first.url);
  await page.fill('[name=username]', user.email);
  await page.fill('[name=password]', user.password);
  await page.click('button.primary');
  await page.click('button[value=allow]');
  await page.waitForURL(atApp);
  const tokens = await openid.authorizationCodeGrant(config, new URL(page.url()), first.checks);
  expect(tokens.claims()?.sub).toBe(user.id);

  const second = await requestOf(config, { redirect_uri: callback, response_mode: 'form_post' });
  await page.goto(second.url);
  await page.waitForURL(atApp);
  const request = new Request(callback, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: posted.at(-1) ?? '',
  });
  expect((await openid.authorizationCodeGrant(config, request, second.checks)).claims()?.sub).toBe(user.id);
  await page.close();
  site.closeAllConnections();
  site.close();
});

test('a client that chose the implicit flow gets an ID token with all that it asks for, and no code (Core §3.2, §5.4)', async () => {
  const client = await clientWith(['id_token']);
  const config = await discover(client);
  openid.useIdTokenResponseType(config);
  const { url, checks } = await requestOf(config, { code_challenge: '', code_challenge_method: '' });
  const request = new URL(url);
  for (const name of ['code_challenge', 'code_challenge_method']) request.searchParams.delete(name);
  const callback = await new UserAgent(server.issuer).signIn(request.href, user);
  expect([...answerAt(callback).keys()].sort()).toEqual(['id_token', 'iss', 'state']);
  const claims = await openid.implicitAuthentication(config, callback, checks.expectedNonce, {
    expectedState: checks.expectedState,
  });
  expect(claims).toMatchObject({ sub: user.id, email: user.email, given_name: 'Ada' });
  await expect(
    postForm(`${server.issuer}/token`, { grant_type: 'implicit' }, { headers: basic(client) }).then(json),
  ).resolves.toMatchObject({ error: 'unsupported_grant_type' });
});

test.each(['code id_token token', 'id_token token', 'code token'])(
  '%s: the access token works, and hashes bind it and the code to the ID token (Core §3.2.2.9, §3.3.2.11)',
  async (responseType) => {
    const client = await clientWith([responseType]);
    const request = ask(client, { response_type: responseType, scope: 'openid email' });
    const answer = answerAt(await new UserAgent(server.issuer).signIn(request.url, user));
    const values = ['code', 'id_token', 'access_token'].map((name) => answer.get(name) ?? '');
    const [code = '', idToken = '', accessToken = ''] = values;
    expect(Object.fromEntries(answer)).toMatchObject({ token_type: 'Bearer', state: request.state });
    expect(Number(answer.get('expires_in'))).toBeGreaterThan(0);
    expect(json(await userinfo(server.issuer, accessToken))).toMatchObject({ email: user.email });
    const expected = responseType.split(' ');
    expect([code !== '', idToken !== '']).toEqual(
      ['code', 'id_token'].map((name) => expected.includes(name)),
    );
    if (idToken !== '') {
      const claims = await verify(idToken, client);
      expect(claims).toMatchObject({ nonce: request.nonce, at_hash: halfHash(accessToken) });
      expect(claims['c_hash']).toBe(code === '' ? undefined : halfHash(code));
      expect(claims).not.toHaveProperty('email');
    }
    if (code !== '') {
      const tokens = await redeemCode(server.issuer, client, { code, codeVerifier: request.codeVerifier });
      expect(tokens.status).toBe(200);
    }
  },
);

test('an access token for an API tells how the person signed in (RFC 8707 §2, RFC 9068 §2.2.1)', async () => {
  const client = await clientWith(['id_token token'], {
    scopes: ['openid', 'orders:read'],
    resources: [API],
  });
  const extra = { response_type: 'id_token token', scope: 'openid orders:read', resource: API };
  const answer = answerAt(await new UserAgent(server.issuer).signIn(ask(client, extra).url, user));
  const { payload } = await jose.jwtVerify(answer.get('access_token') ?? '', keys, { audience: API });
  expect(payload).toMatchObject({
    scope: 'orders:read',
    amr: ['pwd'],
    acr: expect.any(String) as string,
    auth_time: expect.any(Number) as number,
  });
});

describe('a session', () => {
  test('yields ID tokens without a page, and says in the fragment when there is none (Core §3.1.2.1, prompt=none)', async () => {
    const client = await clientWith(['id_token']);
    const agent = await signedInAgent(client);
    const silent = ask(client, { prompt: 'none' });
    const { url } = await agent.open(silent.url);
    expect(await verify(answerAt(url).get('id_token') ?? '', client)).toMatchObject({ nonce: silent.nonce });
    const stranger = await new UserAgent(server.issuer).open(ask(client, { prompt: 'none' }).url);
    expect(answerAt(stranger.url).get('error')).toBe('login_required');
  });

  test('ends by an ID token that came by the browser, and the app is told (RP-Initiated Logout §2, Back-Channel Logout §2.4)', async () => {
    const app = await listenForLogout();
    const client = await clientWith(['id_token'], {
      postLogoutRedirectUris: ['https://app.example.test/bye'],
      backchannelLogoutUri: app.uri,
      metadata: { backchannel_logout_session_required: true },
    });
    const agent = new UserAgent(server.issuer);
    const idToken = answerAt(await agent.signIn(ask(client).url, user)).get('id_token') ?? '';
    const { sid } = await verify(idToken, client);
    expect(sid).toEqual(expect.any(String));
    const query = new URLSearchParams({
      id_token_hint: idToken,
      post_logout_redirect_uri: 'https://app.example.test/bye',
    });
    const { page } = await agent.open(`${server.issuer}/session/end?${query.toString()}`);
    if (!page) throw new Error('Nobody was asked.');
    const { url } = await agent.submit(formOf(page, '/session/end/confirm'), { logout: 'yes' });
    expect(url.href).toBe('https://app.example.test/bye');
    const after = await agent.open(ask(client, { prompt: 'none' }).url);
    expect(answerAt(after.url).get('error')).toBe('login_required');
    expect(await verify(await app.token, client)).toMatchObject({ sub: user.id, sid });
    app.close();
  });
});

describe('what is refused', () => {
  let client: TestClient;

  beforeAll(async () => {
    client = await clientWith(['code', 'code id_token']);
  });

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['a type that the client did not choose', { response_type: 'id_token' }, 'invalid_request'],
    ['a type that is not offered', { response_type: 'none' }, 'unsupported_response_type'],
    ['token alone', { response_type: 'token' }, 'unsupported_response_type'],
    ['a type that is none', { response_type: 'code id_token saml' }, 'unsupported_response_type'],
    ['no nonce', { nonce: '' }, 'invalid_request'],
    ['no PKCE where there is a code', { code_challenge: '', code_challenge_method: '' }, 'invalid_request'],
    ['the answer in a query', { response_mode: 'query' }, 'invalid_request'],
    ['a mode that is none', { response_mode: 'smoke' }, 'unsupported_response_mode'],
    ['no openid', { scope: 'email' }, 'invalid_request'],
  ])('%s, at the address of the app', async (_what, extra, error) => {
    const request = ask(client, { response_type: 'code id_token', ...extra });
    const { url } = await new UserAgent(server.issuer).open(request.url);
    expect(url.href.startsWith(REDIRECT_URI)).toBe(true);
    const answer = extra['response_mode'] === 'query' ? url.searchParams : errorOf(url);
    expect([answer.get('error'), answer.get('state')]).toEqual([error, request.state]);
    for (const name of ['code', 'id_token', 'access_token']) expect(answer.has(name)).toBe(false);
  });

  /** Where there is no known type, an error comes as for a code. */
  const errorOf = (url: URL): URLSearchParams => (url.hash === '' ? url.searchParams : answerAt(url));

  test('an order of values that is another matters to nobody, and a type that comes twice to us', async () => {
    const other = ask(client, { response_type: 'id_token code' });
    const answer = answerAt(await new UserAgent(server.issuer).signIn(other.url, user));
    expect(answer.has('id_token')).toBe(true);
    const twice = await send(`${other.url}&response_type=code`);
    expect(twice.status).toBeLessThan(500);
    expect(twice.headers.location ?? '').not.toContain('id_token=');
  });

  test('and explained to developers: what is registered, and how to add the other', async () => {
    const { url } = await new UserAgent(server.issuer).open(ask(client).url);
    const description = answerAt(url).get('error_description') ?? '';
    expect(description).toContain('Registered: code, code id_token');
    expect(description).toContain(
      `latchkey client update ${client.clientId} --response-type 'code' --response-type 'code id_token' --response-type 'id_token'`,
    );
    const off = await new UserAgent(server.issuer).open(ask(client, { response_type: 'none' }).url);
    expect(errorOf(off.url).get('error_description')).toContain('features.response_types');
  });

  test('a person who refuses leads back in the fragment too', async () => {
    const asking = await clientWith(['code id_token'], { firstParty: false });
    const request = ask(asking, { response_type: 'code id_token' });
    const callback = await new UserAgent(server.issuer).signIn(request.url, user, 'deny');
    expect(Object.fromEntries(answerAt(callback))).toMatchObject({
      error: 'access_denied',
      state: request.state,
    });
  });
});

describe('applications that register themselves', () => {
  const register = async (metadata: Readonly<Record<string, unknown>>, token?: string) =>
    send(`${server.issuer}/register`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ redirect_uris: [REDIRECT_URI], ...metadata }),
    });

  test('choose among what is offered, and are told what they got (Dynamic Client Registration 1.0 §2)', async () => {
    const answer = await register({ response_types: ['id_token code'] });
    expect([answer.status, json(answer)]).toMatchObject([
      201,
      {
        response_types: ['code id_token'],
        grant_types: ['authorization_code', 'implicit'],
        client_secret: expect.any(String) as string,
      },
    ]);
    const client = {
      clientId: String(json(answer)['client_id']),
      clientSecret: '',
      redirectUri: REDIRECT_URI,
    };
    const request = ask(client, { response_type: 'code id_token' });
    expect(answerAt(await new UserAgent(server.issuer).signIn(request.url, user)).has('id_token')).toBe(true);
  });

  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['what is not offered', { response_types: ['none'] }, 'not offered here'],
    ['what is no type', { response_types: ['token'] }, 'no response type here'],
    ['a text', { response_types: 'id_token' }, 'must be a list of texts'],
    [
      'an address without TLS',
      { response_types: ['id_token'], redirect_uris: ['http://localhost:3001/cb'] },
      'must be https:',
    ],
    [
      'the grant without a type',
      { grant_types: ['authorization_code', 'implicit'] },
      'no response type needs it',
    ],
    [
      'a code without its grant',
      { response_types: ['code'], grant_types: ['refresh_token'] },
      'authorization_code',
    ],
    [
      'tokens that DPoP binds',
      { response_types: ['code token'], dpop_bound_access_tokens: true },
      'bound to no key',
    ],
  ])('are refused %s, with the reason', async (_what, metadata, reason) => {
    const answer = await register(metadata);
    expect(answer.status).toBe(400);
    expect(json(answer)['error']).toMatch(/^invalid_(client_metadata|redirect_uri)$/);
    expect(json(answer)['error_description']).toContain(reason);
  });

  test('are refused it where their initial access token has no room for it', async () => {
    const { text } = await createInitialAccessToken(fixture.application, {
      name: 'codes only',
      policy: { grantTypes: ['authorization_code'] },
      grantor: OPERATOR,
    });
    const answer = await register({ response_types: ['id_token'] }, text);
    expect([answer.status, json(answer)['error_description']]).toEqual([
      400,
      expect.stringContaining("'implicit', which this registration may not have") as string,
    ]);
  });
});

test('a server at which browsers carry access tokens says so at its start (RFC 9700 §2.1.2)', async () => {
  const [line] = await server.printed(/^\{.*"finding":"response_types\.token".*\}$/m);
  expect(JSON.parse(line)).toMatchObject({ level: 40, remedy: expect.stringContaining('"code"') as string });
});
