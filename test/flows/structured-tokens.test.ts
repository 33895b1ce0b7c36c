import * as jose from 'jose';
import * as openid from 'openid-client';
import { deleteClient } from '../../src/domain/clients/delete-client.js';
import { revokeClientTokens } from '../../src/domain/clients/revoke-client-tokens.js';
import { revokeGrants } from '../../src/domain/grants/revoke-grants.js';
import { endSession } from '../../src/domain/sessions/end-session.js';
import { expireGrants, expireSessions } from '../support/age-artifacts.js';
import {
  authorizationRequest,
  basic,
  json,
  postForm,
  redeemCode,
  refresh,
  tokensOf,
  type HttpAnswer,
} from '../support/relying-party-requests.js';
import { UserAgent } from '../support/relying-party-user-agent.js';
import type { Fixture, TestClient } from '../support/server-fixture.js';
import { serve } from '../support/serve.js';
import { expectSpecError } from '../support/server-answers.js';
import type { TestServer } from '../support/server.js';

const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ORDERS = 'https://orders.example.test';
const STOCK = 'https://stock.example.test';
const ALONE = 'https://alone.example.test';
const CONFIGURATION = `
features: { token_exchange: true, jwt_introspection: true, encryption: true }
scopes:
  - { name: read, description: see }
resources:
  - { identifier: ${ORDERS}, scopes: [read], introspection_clients: [orders, careful, secretive] }
  - { identifier: ${STOCK}, scopes: [read], introspection_clients: [stock], signing_algorithm: ES256 }
  - { identifier: ${ALONE}, scopes: [read] }
token_exchange:
  - { client: orders, resources: [${STOCK}], scopes: [read] }
`;

let server: TestServer;
let fixture: Fixture;
let app: TestClient;
let orders: TestClient;
let stock: TestClient;

const service = (clientId: string, more: object = {}) =>
  fixture.client({
    clientId,
    type: 'service',
    redirectUris: [],
    scopes: ['read'],
    resources: [ORDERS],
    metadata: { grant_types: ['client_credentials', GRANT], ...more },
  });

beforeAll(async () => {
  [server, fixture] = await serve({ configuration: CONFIGURATION });
  app = await fixture.client({
    scopes: ['openid', 'offline_access', 'read'],
    resources: [ORDERS, STOCK, ALONE],
  });
  orders = await service('orders');
  stock = await service('stock');
});

/** A person signs in. */
async function signedIn({ client = app, resource = ORDERS, scope = 'openid read' } = {}) {
  const user = await fixture.user();
  const request = authorizationRequest(server.issuer, client, { scope, resource });
  const code = await new UserAgent(server.issuer).codeOf(request.url, user);
  const answer = await redeemCode(server.issuer, client, { code, codeVerifier: request.codeVerifier });
  return { user, tokens: tokensOf(answer), token: tokensOf(answer).accessToken };
}

async function serviceToken(client: TestClient): Promise<string> {
  const parameters = { grant_type: 'client_credentials', resource: ORDERS, scope: 'read' };
  return tokensOf(await postForm(`${server.issuer}/token`, parameters, { headers: basic(client) }))
    .accessToken;
}

const introspect = (token: string, client = orders, headers: Record<string, string> = {}) =>
  postForm(`${server.issuer}/introspect`, { token }, { headers: { ...basic(client), ...headers } });
const revoke = (token: string, client = app): Promise<HttpAnswer> =>
  postForm(`${server.issuer}/revoke`, { token }, { headers: basic(client) });
const answered = async (answer: Promise<HttpAnswer>) => {
  const { status } = await answer;
  return { status, body: json(await answer) };
};
const INACTIVE = { status: 200, body: { active: false } };

test('the API that a JWT access token is for, and its client, learn what it is worth (RFC 7662 §2.2)', async () => {
  const { user, token } = await signedIn();
  const claims = jose.decodeJwt(token);
  const told = await answered(introspect(token));
  expect(told).toEqual({
    status: 200,
    body: { ...claims, active: true, token_type: 'Bearer' },
  });
  expect(told.body).toMatchObject({ sub: user.id, client_id: app.clientId, aud: ORDERS, scope: 'read' });
  expect(await answered(introspect(token, app))).toEqual(told);
  expect((await introspect(token)).headers['cache-control']).toBe('no-store');
});

test('nobody else learns of it, nor who cannot prove who they are (RFC 7662 §4)', async () => {
  const { token } = await signedIn();
  expect(await answered(introspect(token, stock))).toEqual(INACTIVE);
  expectSpecError(await introspect(token, { ...orders, clientSecret: 'wrong' }), 401, 'invalid_client');
});

test('forged, changed and foreign ones are not active; those that no API introspects are refused as such', async () => {
  const { token, tokens } = await signedIn();
  const header = jose.decodeProtectedHeader(token);
  const claims = jose.decodeJwt(token);
  const [head = '', , signature = ''] = token.split('.');
  const body = (changed: object) => jose.base64url.encode(JSON.stringify({ ...claims, ...changed }));
  const none = jose.base64url.encode(JSON.stringify({ ...header, alg: 'none' }));
  const { privateKey } = await jose.generateKeyPair('RS256');
  const sign = (changed: object) =>
    new jose.SignJWT({ ...claims, ...changed })
      .setProtectedHeader({ ...header, alg: 'RS256' })
      .sign(privateKey);
  for (const value of [
    await sign({}),
    await sign({ iss: 'https://elsewhere.example.test' }),
    `${head}.${body({ scope: 'read write' })}.${signature}`,
    `${none}.${body({})}.`,
    `${none}.${body({})}.${signature}`,
  ]) {
    expect(await answered(introspect(value))).toEqual(INACTIVE);
    expect((await revoke(value)).status).toBe(200);
  }
  expect((await answered(introspect(token))).body['active']).toBe(true);
  const alone = await signedIn({ resource: ALONE });
  for (const value of [alone.token, tokens.idToken]) {
    expectSpecError(await introspect(value, app), 400, 'unsupported_token_type');
    expectSpecError(await revoke(value), 400, 'unsupported_token_type');
  }
});

test('it ends with its account, its session and its grant', async () => {
  const disabled = await signedIn();
  await fixture.disable(disabled.user);
  const ended = await signedIn();
  const page = await fixture.application.stores.sessions.list({ limit: 1, accountId: ended.user.id });
  await endSession(fixture.application, { sessionId: page?.sessions[0]?.id ?? '' });
  const withdrawn = await signedIn({ scope: 'openid read offline_access' });
  await revokeGrants(fixture.application, { accountId: withdrawn.user.id, clientId: app.clientId });
  for (const { token } of [disabled, ended, withdrawn]) {
    expect(await answered(introspect(token))).toEqual(INACTIVE);
  }
});

test('it is not active beyond its session, which nobody has ended', async () => {
  const { user, token } = await signedIn();
  expect((await answered(introspect(token))).body['active']).toBe(true);
  await expireSessions(fixture, user);
  expect(await answered(introspect(token))).toEqual(INACTIVE);
});

test('it is not active beyond its grant, whose row is there still', async () => {
  const { user, token } = await signedIn({ scope: 'openid read offline_access' });
  expect((await answered(introspect(token))).body['active']).toBe(true);
  await expireGrants(fixture, user);
  expect(await answered(introspect(token))).toEqual(INACTIVE);
});

test('its client takes it back, with its grant, and the audit log tells (RFC 7009 §2.1)', async () => {
  const { user, token, tokens } = await signedIn();
  expectSpecError(await revoke(token, stock), 400, 'invalid_request');
  expect((await answered(introspect(token))).body['active']).toBe(true);
  const answer = await revoke(token);
  expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: '' });
  expect(await answered(introspect(token))).toEqual(INACTIVE);
  expectSpecError(await refresh(server.issuer, app, tokens.refreshToken), 400, 'invalid_grant');
  expect((await revoke(token)).status).toBe(200);
  const { events } = await fixture.application.auditReader.list({ limit: 1 });
  expect(events).toMatchObject([
    {
      type: 'token.revoked',
      actor: { kind: 'client', id: app.clientId },
      subject: { kind: 'user', id: user.id },
      details: { token_kind: 'AccessToken' },
    },
  ]);
});

test('one of a service is introspected and taken back, and ends with its client', async () => {
  const worker = await service('worker');
  const [first, second] = [await serviceToken(worker), await serviceToken(worker)];
  expect((await answered(introspect(first))).body).toMatchObject({ active: true, sub: 'worker' });
  await revoke(first, worker);
  expect(await answered(introspect(first))).toEqual(INACTIVE);
  expect((await answered(introspect(second))).body['active']).toBe(true);
  await deleteClient({ ...fixture.application, declaredClientIds: new Set() }, 'worker');
  expect(await answered(introspect(second))).toEqual(INACTIVE);
});

async function exchange(token: string): Promise<string> {
  const parameters = {
    grant_type: GRANT,
    subject_token: token,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    resource: STOCK,
  };
  return tokensOf(await postForm(`${server.issuer}/token`, parameters, { headers: basic(orders) }))
    .accessToken;
}

test('one that was exchanged is taken back without the sign-in that it came from (RFC 8693)', async () => {
  const { token } = await signedIn();
  const exchanged = await exchange(token);
  expect((await answered(introspect(exchanged, stock))).body).toMatchObject({ act: { sub: 'orders' } });
  await revoke(exchanged, orders);
  expect(await answered(introspect(exchanged, stock))).toEqual(INACTIVE);
  expect((await answered(introspect(token))).body['active']).toBe(true);
});

test('one that was exchanged ends with the tokens of the client that acts with it', async () => {
  const { token } = await signedIn();
  const exchanged = await exchange(token);
  await revokeClientTokens(fixture.application, 'orders');
  expect(await answered(introspect(exchanged, stock))).toEqual(INACTIVE);
  expect((await answered(introspect(token))).body['active']).toBe(true);
});

test('one that is bound to a key says to which (RFC 9449 §6.2)', async () => {
  const config = await openid.discovery(
    new URL(server.issuer),
    orders.clientId,
    {},
    openid.ClientSecretBasic(orders.clientSecret),
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- so marked to stand out; the server is on loopback
    { execute: [openid.allowInsecureRequests] },
  );
  const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair());
  const { access_token: token } = await openid.clientCredentialsGrant(
    config,
    { resource: ORDERS, scope: 'read' },
    { DPoP },
  );
  const told = await openid.tokenIntrospection(config, token);
  expect(told).toMatchObject({ active: true, token_type: 'DPoP', cnf: jose.decodeJwt(token)['cnf'] });
});

test('the answer is signed and encrypted for who is registered for it (RFC 9701)', async () => {
  const SIGNED = 'application/token-introspection+jwt';
  const careful = await service('careful', { introspection_signed_response_alg: 'ES256' });
  const { token } = await signedIn();
  const answer = await introspect(token, careful, { accept: SIGNED });
  expect(answer.headers['content-type']).toBe(`${SIGNED}; charset=utf-8`);
  const keys = jose.createRemoteJWKSet(new URL(`${server.issuer}/jwks`));
  const options = { issuer: server.issuer, typ: 'token-introspection+jwt' };
  const { payload, protectedHeader } = await jose.jwtVerify(answer.text, keys, options);
  expect(protectedHeader.alg).toBe('ES256');
  expect(payload['token_introspection']).toMatchObject({ active: true, jti: jose.decodeJwt(token).jti });
  expect((await answered(introspect(token, careful))).body['active']).toBe(true);

  const { publicKey } = await jose.generateKeyPair('ECDH-ES');
  const secretive = await service('secretive', {
    introspection_encrypted_response_alg: 'ECDH-ES',
    introspection_encrypted_response_enc: 'A256GCM',
    introspection_signed_response_alg: 'ES256',
    jwks: { keys: [{ ...(await jose.exportJWK(publicKey)), use: 'enc', alg: 'ECDH-ES' }] },
  });
  expectSpecError(await introspect(token, secretive), 400, 'invalid_request');
  const sealed = await introspect(token, secretive, { accept: SIGNED });
  expect(sealed.text.split('.')).toHaveLength(5);
});

test('what is refused after all is in the log', async () => {
  const { token } = await signedIn();
  const answer = await revoke(token, stock);
  expectSpecError(answer, 400, 'invalid_request');
  const { 'x-request-id': requestId } = answer.headers;
  await server.printed(new RegExp(`"requestId":"${String(requestId)}".*"msg":"revocation refused"`));
});

test('what is answered is not in the log as refused', async () => {
  const { token } = await signedIn();
  const before = server.stdout().length;
  const answer = await introspect(token);
  await server.printed(new RegExp(`"requestId":"${String(answer.headers['x-request-id'])}".*"status":200`));
  expect(server.stdout().slice(before)).not.toContain('refused');
});
