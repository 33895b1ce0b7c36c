import * as jose from 'jose';
import * as openid from 'openid-client';
import { revokeGrants } from '../../src/domain/grants/revoke-grants.js';
import { endSession } from '../../src/domain/sessions/end-session.js';
import {
  authorizationRequest,
  basic,
  json,
  postForm,
  redeemCode,
  send,
  tokensOf,
  userinfo,
  type HttpAnswer,
} from '../support/relying-party-requests.js';
import { UserAgent } from '../support/relying-party-user-agent.js';
import type { Fixture, TestClient, TestUser } from '../support/server-fixture.js';
import { serve } from '../support/serve.js';
import { expectSpecError } from '../support/server-answers.js';
import type { TestServer } from '../support/server.js';

const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const ORDERS = 'https://orders.example.test';
const OPAQUE_ORDERS = 'https://opaque-orders.example.test';
const STOCK = 'https://stock.example.test';
const BILLING = 'https://billing.example.test';
const OPAQUE = 'https://opaque.example.test';

const CONFIGURATION = `
features: { token_exchange: true }
scopes:
  - { name: read, description: see }
  - { name: write, description: change }
  - { name: pay, description: pay }
resources:
  - { identifier: ${ORDERS}, scopes: [read, write], introspection_clients: [orders, careful], access_token_lifetime_seconds: 120 }
  - { identifier: ${OPAQUE_ORDERS}, scopes: [read], introspection_clients: [orders], access_token_format: opaque }
  - { identifier: ${STOCK}, scopes: [read, pay], introspection_clients: [stock], access_token_lifetime_seconds: 600 }
  - { identifier: ${BILLING}, scopes: [read], signing_algorithm: ES256 }
  - { identifier: ${OPAQUE}, scopes: [read], access_token_format: opaque }
token_exchange:
  - { client: orders, resources: [${STOCK}, ${OPAQUE}], scopes: [read, pay] }
  - { client: careful, resources: [${STOCK}], scopes: [read] }
  - { client: stock, resources: [${BILLING}], scopes: [read] }
  - { client: quiet, resources: [${STOCK}, ${OPAQUE}], scopes: [read], delegation: false }
`;

let server: TestServer;
let fixture: Fixture;
let app: TestClient;
let orders: TestClient;
let stock: TestClient;
let quiet: TestClient;
let stranger: TestClient;

const ALLOWED = [ORDERS, OPAQUE_ORDERS, STOCK];

beforeAll(async () => {
  [server, fixture] = await serve({ configuration: CONFIGURATION });
  app = await fixture.client({ scopes: ['openid', 'offline_access', 'read', 'write'], resources: ALLOWED });
  const metadata = { grant_types: ['client_credentials', GRANT] };
  const api = { type: 'service', redirectUris: [], metadata, scopes: [] } as const;
  orders = await fixture.client({ ...api, clientId: 'orders', resources: [STOCK], scopes: ['read'] });
  stock = await fixture.client({ ...api, clientId: 'stock' });
  stranger = await fixture.client({ ...api, clientId: 'stranger' });
  quiet = await fixture.client({
    clientId: 'quiet',
    metadata: { grant_types: ['authorization_code', 'refresh_token', GRANT] },
    scopes: ['openid', 'read', 'write'],
    resources: ALLOWED,
  });
});

/** What a person's sign-in yields: an access token for the resource, or for userinfo. */
async function signedIn(
  input: { client?: TestClient; resource?: string; scope?: string; user?: TestUser } = {},
) {
  const { client = app, resource = ORDERS, scope = 'openid read write' } = input;
  const user = input.user ?? (await fixture.user());
  const agent = new UserAgent(server.issuer);
  const request = authorizationRequest(server.issuer, client, { scope, resource });
  const code = await agent.codeOf(request.url, user);
  const answer = await redeemCode(server.issuer, client, { code, codeVerifier: request.codeVerifier });
  return { user, agent, tokens: tokensOf(answer), token: tokensOf(answer).accessToken };
}

function exchange(
  client: TestClient,
  token: string,
  extra: Record<string, string> = {},
): Promise<HttpAnswer> {
  const parameters = Object.entries({
    grant_type: GRANT,
    subject_token: token,
    subject_token_type: ACCESS_TOKEN,
    resource: STOCK,
    ...extra,
  }).filter(([, value]) => value !== '');
  return postForm(`${server.issuer}/token`, Object.fromEntries(parameters), { headers: basic(client) });
}

const claimsOf = async (token: string, audience: string): Promise<jose.JWTPayload> => {
  const keys = jose.createRemoteJWKSet(new URL(`${server.issuer}/jwks`));
  return (await jose.jwtVerify(token, keys, { issuer: server.issuer, audience, typ: 'at+jwt' })).payload;
};
const accessTokenOf = (answer: HttpAnswer): string => tokensOf(answer).accessToken;

test('an API exchanges the token that it received for one of another API (RFC 8693 §2, §4.1)', async () => {
  const { user, token } = await signedIn();
  const config = await openid.discovery(
    new URL(server.issuer),
    orders.clientId,
    {},
    openid.ClientSecretBasic(orders.clientSecret),
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- so marked to stand out; the server is on loopback
    { execute: [openid.allowInsecureRequests] },
  );
  expect(config.serverMetadata().grant_types_supported).toContain(GRANT);
  const tokens = await openid.genericGrantRequest(config, GRANT, {
    subject_token: token,
    subject_token_type: ACCESS_TOKEN,
    audience: STOCK,
  });
  expect(tokens).toMatchObject({ issued_token_type: ACCESS_TOKEN, token_type: 'bearer', scope: 'read' });
  expect(tokens).not.toHaveProperty('refresh_token');
  const [before, after] = [await claimsOf(token, ORDERS), await claimsOf(tokens.access_token, STOCK)];
  expect(after).toMatchObject({ sub: user.id, client_id: 'orders', scope: 'read', act: { sub: 'orders' } });
  // The API's own tokens live for 600 seconds, the exchanged one for 120.
  expect(after.exp).toBeLessThanOrEqual(before.exp ?? 0);

  const next = await exchange(stock, tokens.access_token, { resource: BILLING });
  const chain = await claimsOf(accessTokenOf(next), BILLING);
  expect(chain).toMatchObject({ sub: user.id, act: { sub: 'stock', act: { sub: 'orders' } } });
  expect(chain.exp).toBeLessThanOrEqual(before.exp ?? 0);

  const { events } = await fixture.application.auditReader.list({ limit: 2 });
  expect([...events].reverse()).toMatchObject([
    {
      type: 'token.exchanged',
      actor: { kind: 'client', id: 'orders' },
      subject: { kind: 'user', id: user.id },
      details: { from_client: app.clientId, resource: STOCK, scope: 'read' },
    },
    { type: 'token.exchanged', actor: { kind: 'client', id: 'stock' }, details: { from_client: 'orders' } },
  ]);
  expect(JSON.stringify(events)).not.toContain(token);
});

test('a client exchanges its own token, and without delegation nobody is named (RFC 8693 §1.1)', async () => {
  const { user, token } = await signedIn({ client: quiet, resource: '', scope: 'openid' });
  expectSpecError(await exchange(quiet, token), 400, 'invalid_scope');
  const own = await signedIn({ client: quiet, resource: ORDERS, user });
  expect(await claimsOf(accessTokenOf(await exchange(quiet, own.token)), STOCK)).not.toHaveProperty('act');
  const opaque = accessTokenOf(await exchange(quiet, own.token, { resource: OPAQUE }));
  const introspect = async () =>
    json(await postForm(`${server.issuer}/introspect`, { token: opaque }, { headers: basic(quiet) }));
  expect(await introspect()).toMatchObject({ active: true, sub: user.id, aud: OPAQUE, scope: 'read' });
  expect((await userinfo(server.issuer, opaque)).status).toBe(403);
  await fixture.disable(user);
  expect(await introspect()).toEqual({ active: false });
});

test('an opaque token can be exchanged too, while it lives', async () => {
  const { user, token } = await signedIn({ resource: OPAQUE_ORDERS, scope: 'openid read' });
  expect(await claimsOf(accessTokenOf(await exchange(orders, token)), STOCK)).toMatchObject({ sub: user.id });
  await postForm(`${server.issuer}/revoke`, { token }, { headers: basic(app) });
  expectSpecError(await exchange(orders, token), 400, 'invalid_request');
});

test('tokens of others, made up ones and those of services are refused (RFC 8693 §2.2.2)', async () => {
  const { token, tokens } = await signedIn();
  const forStock = await signedIn({ resource: STOCK, scope: 'openid read' });
  const service = await postForm(
    `${server.issuer}/token`,
    { grant_type: 'client_credentials', resource: STOCK, scope: 'read' },
    { headers: basic(orders) },
  );
  const [head = '', , signature = ''] = token.split('.');
  const claims = jose.decodeJwt(token);
  const body = (changed: object) => jose.base64url.encode(JSON.stringify({ ...claims, ...changed }));
  const foreign = await new jose.SignJWT(claims)
    .setProtectedHeader({ ...jose.decodeProtectedHeader(token), alg: 'RS256' })
    .sign((await jose.generateKeyPair('RS256')).privateKey);
  const none = jose.base64url.encode(JSON.stringify({ ...jose.decodeProtectedHeader(token), alg: 'none' }));
  const refused = [
    forStock.token,
    accessTokenOf(service),
    tokens.idToken,
    tokens.refreshToken,
    foreign,
    `${head}.${body({ scope: 'read pay' })}.${signature}`,
    `${none}.${body({})}.`,
    `${none}.${body({})}.${signature}`,
    `${head}..${signature}`,
    'a.b.c',
    'made up',
    'x'.repeat(50_000),
  ];
  for (const value of refused) expectSpecError(await exchange(orders, value), 400, 'invalid_request');
  expect((await exchange(orders, token)).status).toBe(200);
});

test('a client without a policy, or without the grant type, may not exchange (RFC 6749 §5.2)', async () => {
  const { token } = await signedIn();
  expectSpecError(await exchange(stranger, token), 400, 'unauthorized_client');
  expectSpecError(await exchange(app, token), 400, 'unauthorized_client');
});

test('only for resources of the policy, one at a time (RFC 8693 §2.2.2 invalid_target)', async () => {
  const { token } = await signedIn();
  for (const resource of [
    BILLING,
    ORDERS,
    'https://unknown.example.test',
    'no uri',
    `${server.issuer}/api/v1`,
  ]) {
    expectSpecError(await exchange(orders, token, { resource }), 400, 'invalid_target');
  }
  expectSpecError(await exchange(orders, token, { audience: BILLING }), 400, 'invalid_target');
  expectSpecError(await exchange(orders, token, { resource: OPAQUE }), 400, 'invalid_target');
  expectSpecError(await exchange(orders, token, { resource: '' }), 400, 'invalid_request');
  const twice = new URLSearchParams({
    grant_type: GRANT,
    subject_token: token,
    subject_token_type: ACCESS_TOKEN,
    resource: STOCK,
  });
  twice.append('resource', OPAQUE);
  const answer = await postForm(`${server.issuer}/token`, twice, { headers: basic(orders) });
  expectSpecError(answer, 400, 'invalid_target');
});

test('never wider than the exchanged token, the policy and the API (RFC 8693 §2.1 scope)', async () => {
  const { token } = await signedIn();
  for (const scope of ['read pay', 'pay', 'write', 'read openid', 'unknown']) {
    expectSpecError(await exchange(orders, token, { scope }), 400, 'invalid_scope');
  }
  const narrow = await signedIn({ scope: 'openid write' });
  expectSpecError(await exchange(orders, narrow.token), 400, 'invalid_scope');
});

test('other token types, actor tokens and missing parameters are refused (RFC 8693 §2.1)', async () => {
  const { token } = await signedIn();
  const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token';
  const wrong: Record<string, string>[] = [
    { subject_token: '' },
    { subject_token_type: '' },
    { subject_token_type: ID_TOKEN },
    { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' },
    { actor_token: token, actor_token_type: ACCESS_TOKEN },
  ];
  for (const extra of wrong) expectSpecError(await exchange(orders, token, extra), 400, 'invalid_request');
});

test('a token that is bound to a key is refused (RFC 9449)', async () => {
  const user = await fixture.user();
  const config = await openid.discovery(
    new URL(server.issuer),
    app.clientId,
    {},
    openid.ClientSecretBasic(app.clientSecret),
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- so marked to stand out; the server is on loopback
    { execute: [openid.allowInsecureRequests] },
  );
  const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair());
  for (const resource of [ORDERS, OPAQUE_ORDERS]) {
    const request = authorizationRequest(server.issuer, app, { scope: 'openid read', resource });
    const callback = await new UserAgent(server.issuer).signIn(request.url, user);
    const tokens = await openid.authorizationCodeGrant(
      config,
      callback,
      { pkceCodeVerifier: request.codeVerifier, expectedState: request.state, expectedNonce: request.nonce },
      undefined,
      { DPoP },
    );
    const answer = await exchange(orders, tokens.access_token);
    expectSpecError(answer, 400, 'invalid_request');
    expect(answer.text).toContain('bound to a key');
  }
});

test('the token of a disabled account, a revoked grant or an ended session is refused', async () => {
  const disabled = await signedIn();
  await fixture.disable(disabled.user);
  expectSpecError(await exchange(orders, disabled.token), 400, 'invalid_request');

  const revoked = await signedIn();
  const exchanged = accessTokenOf(await exchange(orders, revoked.token));
  await postForm(`${server.issuer}/revoke`, { token: revoked.tokens.refreshToken }, { headers: basic(app) });
  expectSpecError(await exchange(orders, revoked.token), 400, 'invalid_request');
  // What was made of it before, is of no use for a further exchange either.
  expectSpecError(await exchange(stock, exchanged, { resource: BILLING }), 400, 'invalid_request');

  const ended = await signedIn();
  const own = await signedIn({ client: quiet });
  const opaque = accessTokenOf(await exchange(quiet, own.token, { resource: OPAQUE }));
  for (const { user } of [ended, own]) {
    const page = await fixture.application.stores.sessions.list({ limit: 1, accountId: user.id });
    await endSession(fixture.application, { sessionId: page?.sessions[0]?.id ?? '' });
  }
  expectSpecError(await exchange(orders, ended.token), 400, 'invalid_request');
  const told = await postForm(`${server.issuer}/introspect`, { token: opaque }, { headers: basic(quiet) });
  expect(json(told)).toEqual({ active: false });

  const withdrawn = await signedIn({ scope: 'openid read offline_access' });
  await revokeGrants(fixture.application, { accountId: withdrawn.user.id, clientId: app.clientId });
  expectSpecError(await exchange(orders, withdrawn.token), 400, 'invalid_request');
});

test('a client that takes verified addresses only gets no tokens of anybody else', async () => {
  const careful = await fixture.client({
    clientId: 'careful',
    type: 'service',
    redirectUris: [],
    metadata: { grant_types: ['client_credentials', GRANT] },
    scopes: [],
    requireVerifiedEmail: true,
  });
  const { token } = await signedIn({ user: await fixture.user({ emailVerified: false }) });
  expectSpecError(await exchange(careful, token), 400, 'invalid_request');
  expect((await exchange(orders, token)).status).toBe(200);
  expect((await exchange(careful, (await signedIn()).token)).status).toBe(200);
});

test('discovery tells nothing of it where it is off, and a client with the grant type still works', async () => {
  const [plain, beside] = await serve();
  const client = await beside.client({
    type: 'service',
    redirectUris: [],
    metadata: { grant_types: ['client_credentials', GRANT] },
    scopes: [],
  });
  const document = json(await send(`${plain.issuer}/.well-known/openid-configuration`));
  expect(document['grant_types_supported']).not.toContain(GRANT);
  const ask = (grantType: string) =>
    postForm(`${plain.issuer}/token`, { grant_type: grantType }, { headers: basic(client) });
  expect((await ask('client_credentials')).status).toBe(200);
  expectSpecError(await ask(GRANT), 400, 'unsupported_grant_type');
});
