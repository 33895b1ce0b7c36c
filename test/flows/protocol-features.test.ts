import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as jose from 'jose';
import * as openid from 'openid-client';
import { escapeHtml } from '../../src/http/escape-html.js';
import { basic, closeConnections, json, postForm, send } from '../support/relying-party-requests.js';
import { UserAgent } from '../support/relying-party-user-agent.js';
import { openFixture, type Fixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { startServer, type TestServer } from '../support/server.js';

const CONFIGURATION = `
features: { request_objects: true, jarm: true, jwt_userinfo: true, jwt_introspection: true }
client_registration: { mode: initial_access_token }
`;

let folder: string;
let server: TestServer;
let fixture: Fixture;
let user: TestUser;
let keys: jose.GenerateKeyPairResult;
let jwks: { keys: jose.JWK[] };

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-flows-'));
  const file = path.join(folder, 'latchkey.yaml');
  await writeFile(file, CONFIGURATION);
  server = await startServer({ env: { CONFIG: file } });
  fixture = await openFixture(server);
  user = await fixture.user();
  keys = await jose.generateKeyPair('ES256', { extractable: true });
  jwks = { keys: [{ ...(await jose.exportJWK(keys.publicKey)), alg: 'ES256', use: 'sig', kid: 'app' }] };
});

afterAll(async () => {
  closeConnections();
  await fixture.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

type Metadata = NonNullable<Parameters<Fixture['client']>[0]>['metadata'];

const register = (metadata: NonNullable<Metadata> = {}): Promise<TestClient> =>
  fixture.client({ metadata, scopes: ['openid', 'profile', 'email', 'offline_access'] });

async function discover(
  { clientId, clientSecret }: TestClient,
  authentication = openid.ClientSecretBasic(clientSecret),
  metadata: Partial<openid.ClientMetadata> = {},
): Promise<openid.Configuration> {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- so marked to stand out; the server is on loopback
  const execute = [openid.allowInsecureRequests];
  return openid.discovery(new URL(server.issuer), clientId, metadata, authentication, { execute });
}

async function requestOf(client: TestClient) {
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const checks = {
    pkceCodeVerifier,
    expectedState: openid.randomState(),
    expectedNonce: openid.randomNonce(),
  };
  const parameters = {
    redirect_uri: client.redirectUri,
    scope: 'openid email',
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
  };
  return { checks, parameters };
}

const signIn = (url: URL): Promise<URL> => new UserAgent(server.issuer).signIn(url.href, user);
const signingKey = () => ({ key: keys.privateKey, kid: 'app' });

async function errorAt(url: URL): Promise<string | null> {
  const { page, url: at } = await new UserAgent(server.issuer).open(url.href);
  return page ? page.text : at.searchParams.get('error');
}

test('a pushed request is taken once, and a client that must push cannot do without (RFC 9126 §2, §4, §5)', async () => {
  const client = await register({ require_pushed_authorization_requests: true });
  const config = await discover(client);
  const { checks, parameters } = await requestOf(client);
  expect(await errorAt(openid.buildAuthorizationUrl(config, parameters))).toContain('invalid_request');

  const url = await openid.buildAuthorizationUrlWithPAR(config, parameters);
  expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);
  const tokens = await openid.authorizationCodeGrant(config, await signIn(url), checks);
  expect(tokens.claims()?.sub).toBe(user.id);
  expect(await errorAt(url)).toContain('invalid_request_uri');
});

test('a request that must be pushed begins again at the app, since nobody else can make it', async () => {
  const client = await register({
    require_pushed_authorization_requests: true,
    initiate_login_uri: 'https://app.example.test/sign-in',
  });
  const { parameters } = await requestOf(client);
  const agent = new UserAgent(server.issuer);
  const { page } = await agent.open(
    (await openid.buildAuthorizationUrlWithPAR(await discover(client), parameters)).href,
  );
  agent.forget('latchkey_interaction');
  const expired = await agent.request(page?.url ?? '');
  expect(expired.status).toBe(400);
  const again = new URL('https://app.example.test/sign-in');
  again.searchParams.set('iss', server.issuer);
  expect(expired.text).toContain(`href="${escapeHtml(again.href)}"`);
});

test('a pushed request of a client that does not say who it is, is refused (RFC 9126 §2.1)', async () => {
  const client = await register();
  const { parameters } = await requestOf(client);
  const body = { ...parameters, client_id: client.clientId, response_type: 'code' };
  const answer = await postForm(`${server.issuer}/par`, body);
  expect([answer.status, json(answer)['error']]).toEqual([401, 'invalid_client']);
});

test('DPoP binds tokens to a key, which nobody else has (RFC 9449 §5, §6, §7)', async () => {
  const client = await register({ dpop_bound_access_tokens: true });
  const config = await discover(client);
  const { checks, parameters } = await requestOf(client);
  const callback = await signIn(
    openid.buildAuthorizationUrl(config, {
      ...parameters,
      scope: 'openid email offline_access',
      prompt: 'consent',
    }),
  );
  const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair());
  const tokens = await openid.authorizationCodeGrant(config, callback, checks, undefined, { DPoP });
  expect(tokens.token_type).toBe('dpop');
  expect(await openid.fetchUserInfo(config, tokens.access_token, user.id, { DPoP })).toMatchObject({
    email: user.email,
  });
  const bearer = await send(`${server.issuer}/userinfo`, {
    headers: { authorization: `Bearer ${tokens.access_token}` },
  });
  expect(bearer.status).toBe(401);
  const other = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair());
  await expect(openid.fetchUserInfo(config, tokens.access_token, user.id, { DPoP: other })).rejects.toThrow();
  const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP });
  expect(refreshed.token_type).toBe('dpop');
  const introspected = await openid.tokenIntrospection(config, refreshed.access_token);
  expect(introspected).toMatchObject({
    active: true,
    token_type: 'DPoP',
    cnf: { jkt: expect.any(String) as string },
  });
});

test('DPoP: a client that binds its tokens gets none without a proof (RFC 9449 §5.2)', async () => {
  const client = await register({ dpop_bound_access_tokens: true });
  const config = await discover(client);
  const { checks, parameters } = await requestOf(client);
  const callback = await signIn(openid.buildAuthorizationUrl(config, parameters));
  await expect(openid.authorizationCodeGrant(config, callback, checks)).rejects.toMatchObject({
    error: 'invalid_grant',
  });
});

test('a client proves who it is by its key, and each assertion once (RFC 7523 §3, private_key_jwt)', async () => {
  const client = await fixture.client({
    metadata: { token_endpoint_auth_method: 'private_key_jwt', jwks: jwks as never },
    scopes: ['openid', 'email'],
  });
  const config = await discover(client, openid.PrivateKeyJwt(signingKey()));
  const { checks, parameters } = await requestOf(client);
  const callback = await signIn(openid.buildAuthorizationUrl(config, parameters));
  expect((await openid.authorizationCodeGrant(config, callback, checks)).claims()?.sub).toBe(user.id);

  const assertion = await new jose.SignJWT({ jti: 'once' })
    .setProtectedHeader({ alg: 'ES256', kid: 'app' })
    .setIssuer(client.clientId)
    .setSubject(client.clientId)
    .setAudience(server.issuer)
    .setIssuedAt()
    .setExpirationTime('1m')
    .sign(keys.privateKey);
  const ask = () =>
    postForm(`${server.issuer}/introspect`, {
      token: 'unknown',
      client_id: client.clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    });
  expect(json(await ask())).toEqual({ active: false });
  const replayed = await ask();
  expect([replayed.status, json(replayed)['error']]).toEqual([401, 'invalid_client']);
});

test('a signed request is what counts, and an unsigned one is refused where signing is required (RFC 9101 §5, §10.5)', async () => {
  const client = await register({
    jwks: jwks as never,
    request_object_signing_alg: 'ES256',
    require_signed_request_object: true,
  });
  const config = await discover(client);
  const { checks, parameters } = await requestOf(client);
  expect(await errorAt(openid.buildAuthorizationUrl(config, parameters))).toContain('invalid_request');
  const url = await openid.buildAuthorizationUrlWithJAR(config, parameters, signingKey());
  expect((await openid.authorizationCodeGrant(config, await signIn(url), checks)).claims()?.sub).toBe(
    user.id,
  );

  const forged = await openid.buildAuthorizationUrlWithJAR(config, parameters, {
    key: (await jose.generateKeyPair('ES256')).privateKey,
    kid: 'app',
  });
  expect(await errorAt(forged)).toContain('invalid_request_object');
});

test('an authorization response is signed where the client asks for it (JARM 1.0 §2.3)', async () => {
  const client = await register({ authorization_signed_response_alg: 'ES256' });
  const config = await discover(client, undefined, { authorization_signed_response_alg: 'ES256' });
  openid.useJwtResponseMode(config);
  const { checks, parameters } = await requestOf(client);
  const callback = await signIn(openid.buildAuthorizationUrl(config, parameters));
  expect([...callback.searchParams.keys()]).toEqual(['response']);
  expect((await openid.authorizationCodeGrant(config, callback, checks)).claims()?.sub).toBe(user.id);
});

test('userinfo and introspection are signed where the client asks for it (OpenID Connect Core 1.0 §5.3.2, RFC 9701 §5)', async () => {
  const client = await register({
    userinfo_signed_response_alg: 'ES256',
    introspection_signed_response_alg: 'ES256',
  });
  const config = await discover(client, undefined, {
    userinfo_signed_response_alg: 'ES256',
    introspection_signed_response_alg: 'ES256',
  });
  const { checks, parameters } = await requestOf(client);
  const callback = await signIn(openid.buildAuthorizationUrl(config, parameters));
  const { access_token: accessToken } = await openid.authorizationCodeGrant(config, callback, checks);
  const published = jose.createRemoteJWKSet(new URL(`${server.issuer}/jwks`));
  const userinfo = await send(`${server.issuer}/userinfo`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  expect(userinfo.headers['content-type']).toMatch(/^application\/jwt/);
  const { payload } = await jose.jwtVerify(userinfo.text, published, {
    issuer: server.issuer,
    audience: client.clientId,
  });
  expect(payload).toMatchObject({ sub: user.id, email: user.email });

  const introspection = await postForm(
    `${server.issuer}/introspect`,
    { token: accessToken },
    { headers: { ...basic(client), accept: 'application/token-introspection+jwt' } },
  );
  expect(introspection.headers['content-type']).toMatch(/^application\/token-introspection\+jwt/);
  const verified = await jose.jwtVerify(introspection.text, published, { typ: 'token-introspection+jwt' });
  expect(verified.payload['token_introspection']).toMatchObject({ active: true, sub: user.id });
});

test('nobody registers an application without a token where one is asked for (RFC 7591 §3)', async () => {
  const answer = await send(`${server.issuer}/register`, {
    method: 'POST',
    headers: { accept: 'application/json' },
  });
  expect(answer.status).toBe(401);
});
