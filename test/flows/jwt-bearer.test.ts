import { createHmac, randomUUID } from 'node:crypto';
import * as jose from 'jose';
import * as openid from 'openid-client';
import { basic, json, postForm, send, tokensOf, type HttpAnswer } from '../support/relying-party-requests.js';
import { serve, serveKeys } from '../support/serve.js';
import { expectNoFault, expectSpecError } from '../support/server-answers.js';
import type { Fixture, TestClient, TestUser } from '../support/server-fixture.js';
import { startSecondServer, startServer, type TestServer } from '../support/server.js';

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const API = 'https://api.example.test';
const STOCK = 'https://stock.example.test';
const OPAQUE = 'https://opaque.example.test';
const CRM = 'https://crm.example.test';
const MAIL = 'https://mail.example.test';
const SCHOOL = 'https://school.example.test';
const GONE = 'https://gone.example.test';
/** A client that presents assertions. */
const SERVICE = {
  type: 'service',
  redirectUris: [],
  metadata: { grant_types: [GRANT] },
  scopes: [],
} as const;

let server: TestServer;
let fixture: Fixture;
let keys: jose.GenerateKeyPairResult;
let jwk: jose.JWK;
let user: TestUser;
let agent: TestClient;
let stranger: TestClient;

beforeAll(async () => {
  keys = await jose.generateKeyPair('RS256', { extractable: true });
  jwk = { ...(await jose.exportJWK(keys.publicKey)), alg: 'RS256', use: 'sig', kid: 'crm' };
  const keysAt = await serveKeys([jwk]);
  [server, fixture] = await serve({
    configuration: `
features: { jwt_bearer: true }
scopes:
  - { name: read, description: see }
  - { name: write, description: change }
resources:
  - { identifier: ${API}, scopes: [read, write], access_token_lifetime_seconds: 120 }
  - { identifier: ${STOCK}, scopes: [read] }
  - { identifier: ${OPAQUE}, scopes: [read], access_token_format: opaque, introspection_clients: [agent] }
jwt_bearer:
  - issuer: ${CRM}
    jwks: ${JSON.stringify({ keys: [jwk] })}
    subject: account_id
    clients: [agent, careful]
    resources: [${API}, ${OPAQUE}]
    scopes: [read]
  - { issuer: ${MAIL}, jwks_uri: "${keysAt}/jwks", subject: email, clients: [agent], resources: [${API}], scopes: [read] }
  - { issuer: ${SCHOOL}, jwks_uri: "${keysAt}/jwks", subject: linked_account, clients: [agent], resources: [${API}], scopes: [read] }
  - { issuer: ${GONE}, jwks_uri: "${keysAt}/gone", subject: account_id, clients: [agent], resources: [${API}], scopes: [read] }
`,
  });
  user = await fixture.user();
  agent = await fixture.client({ ...SERVICE, clientId: 'agent' });
  stranger = await fixture.client({ ...SERVICE, clientId: 'stranger' });
});

const now = (): number => Math.floor(Date.now() / 1000);

/** An assertion that is taken, unless something else is said. */
function assertion(
  claims: Readonly<Record<string, unknown>> = {},
  key: jose.CryptoKey = keys.privateKey,
): Promise<string> {
  const payload: Readonly<Record<string, unknown>> = {
    iss: CRM,
    sub: user.id,
    aud: server.issuer,
    iat: now(),
    exp: now() + 120,
    jti: randomUUID(),
    ...claims,
  };
  const given = Object.entries(payload).filter(([, value]) => value !== undefined);
  return new jose.SignJWT(Object.fromEntries(given))
    .setProtectedHeader({ alg: 'RS256', kid: 'crm' })
    .sign(key);
}

function present(
  jwt: string,
  extra: Record<string, string> = {},
  client: TestClient = agent,
  via?: string,
): Promise<HttpAnswer> {
  const body = { grant_type: GRANT, assertion: jwt, resource: API, ...extra };
  const given = Object.entries(body).filter(([, value]) => value !== '');
  return postForm(`${server.issuer}/token`, new URLSearchParams(given), { headers: basic(client), via });
}

const claimsOf = async (answer: HttpAnswer): Promise<jose.JWTPayload> => {
  const published = jose.createRemoteJWKSet(new URL(`${server.issuer}/jwks`));
  const { accessToken } = tokensOf(answer);
  return (await jose.jwtVerify(accessToken, published, { issuer: server.issuer, audience: API })).payload;
};

test('a client presents an assertion about a person and gets an access token (RFC 7523 §2.1)', async () => {
  const config = await openid.discovery(
    new URL(server.issuer),
    agent.clientId,
    {},
    openid.ClientSecretBasic(agent.clientSecret),
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- so marked to stand out; the server is on loopback
    { execute: [openid.allowInsecureRequests] },
  );
  expect(config.serverMetadata().grant_types_supported).toContain(GRANT);
  const tokens = await openid.genericGrantRequest(config, GRANT, {
    assertion: await assertion({ aud: `${server.issuer}/token` }),
    resource: API,
    scope: 'read',
  });
  expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'read', expires_in: 120 });
  expect(tokens.refresh_token).toBeUndefined();
  const published = jose.createRemoteJWKSet(new URL(`${server.issuer}/jwks`));
  const { payload } = await jose.jwtVerify(tokens.access_token, published, { audience: API, typ: 'at+jwt' });
  expect(payload).toMatchObject({ sub: user.id, client_id: 'agent', scope: 'read' });
  // How the person signed in at the other issuer is not known here.
  expect(payload['acr']).toBeUndefined();

  const { events } = await fixture.application.auditReader.list({ limit: 1 });
  expect(events[0]).toMatchObject({
    type: 'assertion.accepted',
    actor: { kind: 'client', id: 'agent' },
    subject: { kind: 'user', id: user.id },
    details: { issuer: CRM, resource: API, scope: 'read' },
  });
});

test('a person may be named by a verified address, or by a linked account', async () => {
  const byMail = (claims: Readonly<Record<string, unknown>>) =>
    assertion({ iss: MAIL, sub: 'whatever', ...claims });
  const email = user.email.toUpperCase();
  expect(await claimsOf(await present(await byMail({ email, email_verified: true })))).toMatchObject({
    sub: user.id,
  });
  const unverified = await fixture.user({ email: 'unverified@example.test', emailVerified: false });
  for (const claims of [
    { email },
    { email, email_verified: false },
    { email, email_verified: 'true' },
    { email_verified: true },
    { sub: user.id },
    { email: unverified.email, email_verified: true },
    { email: 'nobody@example.test', email_verified: true },
    { email: [email], email_verified: true },
  ]) {
    expectSpecError(await present(await byMail(claims)), 400, 'invalid_grant');
  }

  const bySchool = () => assertion({ iss: SCHOOL, sub: 'pupil-7' });
  expectSpecError(await present(await bySchool()), 400, 'invalid_grant');
  await fixture.application.stores.upstreamLinks.insert({
    id: randomUUID(),
    accountId: user.id,
    providerId: 'school',
    issuer: SCHOOL,
    subject: 'pupil-7',
    email: undefined,
    createdAt: new Date(),
    lastUsedAt: undefined,
  });
  expect(await claimsOf(await present(await bySchool()))).toMatchObject({ sub: user.id });
  expectSpecError(await present(await assertion({ iss: SCHOOL, sub: user.id })), 400, 'invalid_grant');
});

test('an assertion is taken once, on every instance (RFC 7523 §3 (7))', async () => {
  const second = await startSecondServer(server);
  const jwt = await assertion();
  const answers = await Promise.all([present(jwt), present(jwt, {}, agent, second.url), present(jwt)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400]);
  expectSpecError(await present(jwt, {}, agent, second.url), 400, 'invalid_grant');
  // Another issuer has ids of its own.
  const jti = jose.decodeJwt(jwt).jti ?? '';
  const other = await assertion({ iss: MAIL, jti, email: user.email, email_verified: true });
  expect((await present(other)).status).toBe(200);
  await second.stop();
});

test('an assertion that is not right in every point is not taken (RFC 7523 §3)', async () => {
  const otherKey = (await jose.generateKeyPair('RS256')).privateKey;
  const [, body = ''] = (await assertion()).split('.');
  const b64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  // The public key as the secret of an HMAC (CVE-2015-9235).
  const input = `${b64({ alg: 'HS256', kid: 'crm' })}.${body}`;
  const spki = await jose.exportSPKI(keys.publicKey);
  const hmac = createHmac('sha256', spki).update(input).digest('base64url');
  const wrong = [
    assertion({}, otherKey),
    `${input}.${hmac}`,
    `${b64({ alg: 'none' })}.${body}.`,
    `${b64({ alg: 'RS256', kid: 'unknown' })}.${body}.AAAA`,
    assertion({ iss: 'https://stranger.example.test' }),
    assertion({ iss: GONE }),
    assertion({ iss: server.issuer }),
    assertion({ aud: undefined }),
    assertion({ aud: [] }),
    assertion({ aud: 'https://other.example.test' }),
    assertion({ aud: `${server.issuer}/` }),
    assertion({ aud: [server.issuer, 'https://other.example.test'] }),
    assertion({ exp: undefined }),
    assertion({ exp: now() - 60, iat: now() - 120 }),
    assertion({ exp: now() + 600 }),
    assertion({ exp: now() + 600, iat: undefined }),
    assertion({ iat: now() + 60 }),
    assertion({ nbf: now() + 60 }),
    assertion({ exp: 'tomorrow' }),
    assertion({ jti: undefined }),
    assertion({ jti: '' }),
    assertion({ jti: 7 }),
    assertion({ jti: 'x'.repeat(1000) }),
    assertion({ sub: undefined }),
    assertion({ sub: '' }),
    assertion({ sub: 'nobody' }),
    assertion({ sub: randomUUID() }),
    assertion({ sub: { id: user.id } }),
    assertion({ sub: 'a\0b' }),
    'not a jwt',
    'a.b.c',
    '..',
    b64({}),
    'x'.repeat(20_000),
  ];
  for (const jwt of wrong) expectSpecError(await present(await jwt), 400, 'invalid_grant');
  expectNoFault(await present('x'.repeat(100_000)));
  expectSpecError(await present(''), 400, 'invalid_request');
  const twice = `grant_type=${encodeURIComponent(GRANT)}&assertion=a&assertion=b`;
  expectSpecError(
    await postForm(`${server.issuer}/token`, twice, { headers: basic(agent) }),
    400,
    'invalid_request',
  );
});

test('a policy bounds clients, resource servers and scopes', async () => {
  const ask = async (extra: Record<string, string>, client?: TestClient) =>
    present(await assertion(), extra, client);
  expectSpecError(await ask({}, stranger), 400, 'unauthorized_client');
  expectSpecError(await ask({ resource: STOCK }), 400, 'invalid_target');
  expectSpecError(await ask({ resource: 'https://unknown.example.test' }), 400, 'invalid_target');
  expectSpecError(await ask({ resource: '' }), 400, 'invalid_target');
  expectSpecError(await ask({ scope: 'read write' }), 400, 'invalid_scope');
  expectSpecError(await ask({ scope: 'openid' }), 400, 'invalid_scope');
  const two = new URLSearchParams({ grant_type: GRANT, assertion: await assertion(), resource: API });
  two.append('resource', OPAQUE);
  const answer = await postForm(`${server.issuer}/token`, two, { headers: basic(agent) });
  expectSpecError(answer, 400, 'invalid_target');
});

test('a disabled account is nobody, and an opaque token of it ends', async () => {
  const person = await fixture.user();
  const ask = async () => present(await assertion({ sub: person.id }), { resource: OPAQUE });
  const { accessToken } = tokensOf(await ask());
  const introspect = async () =>
    json(await postForm(`${server.issuer}/introspect`, { token: accessToken }, { headers: basic(agent) }));
  expect(await introspect()).toMatchObject({ active: true, sub: person.id, aud: OPAQUE });
  await fixture.disable(person);
  expect(await introspect()).toEqual({ active: false });
  expectSpecError(await ask(), 400, 'invalid_grant');
});

test('nobody gets in whose address has to be verified, and is not', async () => {
  const careful = await fixture.client({ ...SERVICE, clientId: 'careful', requireVerifiedEmail: true });
  const person = await fixture.user({ emailVerified: false });
  const ask = async (sub: string) => present(await assertion({ sub }), {}, careful);
  expectSpecError(await ask(person.id), 400, 'invalid_grant');
  expect((await ask(user.id)).status).toBe(200);
});

test('the grant is not there unless it is switched on', async () => {
  const plain = await startServer({ databaseUrl: server.databaseUrl });
  const document = json(await send(`${plain.issuer}/.well-known/openid-configuration`));
  expect(document['grant_types_supported']).not.toContain(GRANT);
  const answer = await postForm(
    `${plain.issuer}/token`,
    { grant_type: GRANT, assertion: await assertion() },
    { headers: basic(agent) },
  );
  expectSpecError(answer, 400, 'unsupported_grant_type');
  await plain.stop();
});
