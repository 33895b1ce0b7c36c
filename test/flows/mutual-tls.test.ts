import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as jose from 'jose';
import * as openid from 'openid-client';
import type { JsonObject } from '../../src/domain/json.js';
import { makeCertificate, type TestCertificate } from '../support/certificates.js';
import { closeConnections, json, postForm, send } from '../support/relying-party-requests.js';
import { UserAgent } from '../support/relying-party-user-agent.js';
import { expectSpecError } from '../support/server-answers.js';
import { openFixture, type Fixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { freePort, startServer, type TestServer } from '../support/server.js';
import { startTlsProxy, type TlsProxy } from '../support/tls-proxy.js';

const API = 'https://api.example.test';
const SUBJECT = 'C=DE, O=Example, CN=orders';
const DAY = 86_400_000;

let folder: string;
let proxy: TlsProxy;
let server: TestServer;
/** The process by its own address, without the proxy: what it believes of headers is up to the test. */
let origin: string;
let mtlsOrigin: string;
let fixture: Fixture;
let user: TestUser;
let authority: TestCertificate;
let orders: TestCertificate;
let selfSigned: TestCertificate;

const configuration = (extra: string): string => `
features: { mtls: true }
scopes: [{ name: read, description: see }]
resources: [{ identifier: ${API}, scopes: [read], introspection_clients: [] }]
mtls:
  certificate_header: X-SSL-Client-Cert
  certificate_encoding: url_encoded_pem
  verification: header
  verification_header: X-SSL-Client-Verify
  ${extra}
`;

beforeAll(async () => {
  authority = await makeCertificate({ name: 'CN=Example authority' });
  orders = await makeCertificate({ name: SUBJECT, issuedBy: authority });
  selfSigned = await makeCertificate({ name: SUBJECT });
  const names = [
    { type: 'dns', value: 'localhost' },
    { type: 'ip', value: '127.0.0.1' },
  ] as const;
  proxy = await startTlsProxy({ own: await makeCertificate({ name: 'CN=localhost', names }), authority });
  const issuer = `https://localhost:${proxy.port}`;
  mtlsOrigin = `https://127.0.0.1:${proxy.port}`;
  folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-flows-'));
  const file = path.join(folder, 'latchkey.yaml');
  await writeFile(file, configuration(`endpoint: ${mtlsOrigin}`));
  const port = await freePort();
  server = await startServer({
    port,
    env: { CONFIG: file, ISSUER: issuer, TRUSTED_PROXIES: 'loopback' },
  });
  origin = `http://127.0.0.1:${port}`;
  proxy.target = origin;
  fixture = await openFixture(server);
  user = await fixture.user();
});

afterAll(async () => {
  closeConnections();
  await fixture.close();
  await server.stop();
  await proxy.close();
  await rm(folder, { recursive: true });
});

const byName = (metadata: JsonObject = {}): Promise<TestClient> =>
  fixture.client({
    metadata: {
      token_endpoint_auth_method: 'tls_client_auth',
      tls_client_auth_subject_dn: 'CN=orders,O=Example,C=DE',
      tls_client_certificate_bound_access_tokens: true,
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      ...metadata,
    },
    scopes: ['openid', 'email', 'offline_access', 'read'],
    resources: [API],
  });

/** Discovers the provider through the proxy. */
async function discover(
  client: TestClient,
  certificate: TestCertificate | undefined,
  authentication: openid.ClientAuth = openid.TlsClientAuth(),
): Promise<openid.Configuration> {
  const customFetch = proxy.fetchWith(certificate) as unknown as openid.CustomFetch;
  const config = await openid.discovery(
    new URL(server.issuer),
    client.clientId,
    { use_mtls_endpoint_aliases: true },
    authentication,
    { [openid.customFetch]: customFetch },
  );
  config[openid.customFetch] = customFetch;
  return config;
}

/** Asks the token endpoint as the proxy does for a client with this certificate. */
function ask(
  client: Pick<TestClient, 'clientId'>,
  headers: Record<string, string>,
  to: { host?: string; path?: string } = {},
) {
  const body = { grant_type: 'client_credentials', client_id: client.clientId, scope: 'read' };
  return postForm(`${to.host ?? mtlsOrigin}${to.path ?? '/token'}`, body, { via: origin, headers });
}

const presented = (certificate: TestCertificate, verified = 'SUCCESS'): Record<string, string> => ({
  'x-ssl-client-cert': encodeURIComponent(certificate.pem),
  'x-ssl-client-verify': verified,
});

test('a client proves who it is by a certificate, to which its tokens are bound (RFC 8705 §2.1, §3)', async () => {
  const client = await byName();
  const config = await discover(client, orders);
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const expectedState = openid.randomState();
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: client.redirectUri,
    scope: 'openid email offline_access',
    prompt: 'consent',
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
  });
  const callback = await new UserAgent(server.issuer, origin).signIn(url.href, user);
  const tokens = await openid.authorizationCodeGrant(config, callback, { pkceCodeVerifier, expectedState });
  expect(tokens.claims()?.sub).toBe(user.id);
  expect(await openid.fetchUserInfo(config, tokens.access_token, user.id)).toMatchObject({
    email: user.email,
  });
  expect(await openid.tokenIntrospection(config, tokens.access_token)).toMatchObject({
    active: true,
    cnf: { 'x5t#S256': orders.thumbprint },
  });
  const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '');

  // Whoever steals it presents another certificate, or none.
  const stolen = async (headers: Record<string, string>) =>
    send(`${mtlsOrigin}/userinfo`, {
      via: origin,
      headers: { accept: 'application/json', authorization: `Bearer ${refreshed.access_token}`, ...headers },
    });
  expect((await stolen(presented(orders))).status).toBe(200);
  expectSpecError(await stolen(presented(selfSigned)), 401, 'invalid_token');
  expectSpecError(await stolen({}), 401, 'invalid_token');
});

test('a JWT access token names the certificate that it is bound to (RFC 8705 §3.1)', async () => {
  const client = await byName();
  const config = await discover(client, orders);
  const { access_token: token } = await openid.clientCredentialsGrant(config, { scope: 'read' });
  expect(jose.decodeJwt(token)).toMatchObject({ aud: API, cnf: { 'x5t#S256': orders.thumbprint } });
});

test('a certificate that nobody verified, of another name, or that has expired, proves nothing (RFC 8705 §2.1)', async () => {
  const client = await byName();
  for (const certificate of [selfSigned, undefined]) {
    const config = await discover(client, certificate);
    await expect(openid.clientCredentialsGrant(config, { scope: 'read' })).rejects.toMatchObject({
      error: 'invalid_client',
      status: 401,
    });
  }
  const other = await makeCertificate({ name: 'C=DE, O=Example, CN=billing', issuedBy: authority });
  const expired = await makeCertificate({
    name: SUBJECT,
    issuedBy: authority,
    notAfter: new Date(Date.now() - DAY / 2),
  });
  const early = await makeCertificate({
    name: SUBJECT,
    issuedBy: authority,
    notBefore: new Date(Date.now() + DAY / 2),
  });
  for (const headers of [
    presented(other),
    presented(expired),
    presented(early),
    presented(orders, 'FAILED:certificate has expired'),
    presented(orders, ''),
    { 'x-ssl-client-cert': presented(orders)['x-ssl-client-cert'] ?? '' },
    { ...presented(orders), 'x-ssl-client-cert': '' },
    { ...presented(orders), 'x-ssl-client-cert': 'not a certificate' },
    { ...presented(orders), 'x-ssl-client-cert': encodeURIComponent(orders.pem.slice(0, 200)) },
  ]) {
    expectSpecError(await ask(client, headers), 401, 'invalid_client');
  }
  expect((await ask(client, presented(orders))).status).toBe(200);
});

test('a client may register the very certificate that it signed itself (RFC 8705 §2.2)', async () => {
  const client = await fixture.client({
    type: 'service',
    redirectUris: [],
    metadata: {
      token_endpoint_auth_method: 'self_signed_tls_client_auth',
      jwks: { keys: [selfSigned.jwk as never] },
      tls_client_certificate_bound_access_tokens: true,
    },
    scopes: ['read'],
    resources: [API],
  });
  const config = await discover(client, selfSigned);
  const { access_token: token } = await openid.clientCredentialsGrant(config, { scope: 'read' });
  expect(jose.decodeJwt(token)).toMatchObject({ cnf: { 'x5t#S256': selfSigned.thumbprint } });
  // The same name, also verified, is another certificate.
  expectSpecError(await ask(client, presented(orders)), 401, 'invalid_client');
});

test('a client may bind its tokens to a certificate and prove who it is otherwise (RFC 8705 §3, §4)', async () => {
  const client = await fixture.client({
    type: 'service',
    redirectUris: [],
    metadata: { tls_client_certificate_bound_access_tokens: true },
    scopes: ['read'],
    resources: [API],
  });
  const authentication = openid.ClientSecretBasic(client.clientSecret);
  const bound = await discover(client, selfSigned, authentication);
  const { access_token: token } = await openid.clientCredentialsGrant(bound, { scope: 'read' });
  expect(jose.decodeJwt(token)).toMatchObject({ cnf: { 'x5t#S256': selfSigned.thumbprint } });
  const none = await discover(client, undefined, authentication);
  await expect(openid.clientCredentialsGrant(none, { scope: 'read' })).rejects.toMatchObject({
    error: 'invalid_grant',
  });
});

test('the REST API takes a bound token from the holder of its certificate alone (RFC 8705 §3)', async () => {
  const resource = `${server.issuer}/api/v1`;
  const client = await fixture.client({
    type: 'service',
    redirectUris: [],
    firstParty: false,
    metadata: { tls_client_certificate_bound_access_tokens: true },
    scopes: ['users:read'],
    resources: [resource],
  });
  const config = await discover(client, selfSigned, openid.ClientSecretBasic(client.clientSecret));
  const { access_token: token } = await openid.clientCredentialsGrant(config, {
    scope: 'users:read',
    resource,
  });
  const list = async (certificate: TestCertificate | undefined, host = mtlsOrigin) => {
    const headers = { authorization: `Bearer ${token}`, ...(certificate && presented(certificate)) };
    return (await send(`${host}/api/v1/users`, { via: origin, headers })).status;
  };
  expect(await list(selfSigned)).toBe(200);
  expect(await list(orders)).toBe(401);
  expect(await list(undefined)).toBe(401);
  // At the issuer's own host certificates count for nothing.
  expect(await list(selfSigned, server.issuer)).toBe(401);
});

test('DPoP proofs may be made out to the aliases (RFC 9449 §4.2)', async () => {
  const client = await byName({ tls_client_certificate_bound_access_tokens: false });
  const config = await discover(client, orders);
  const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair());
  const tokens = await openid.clientCredentialsGrant(config, { scope: 'read' }, { DPoP });
  expect(tokens.token_type).toBe('dpop');
});

test('certificates count at the host for them only, which answers nothing else (RFC 8705 §5)', async () => {
  const client = await byName();
  expectSpecError(await ask(client, presented(orders), { host: server.issuer }), 401, 'invalid_client');
  for (const elsewhere of [
    '/.well-known/openid-configuration',
    '/authorize',
    '/account',
    '/setup',
    '/TOKEN',
  ]) {
    expect((await send(`${mtlsOrigin}${elsewhere}`, { via: origin })).status).toBe(421);
  }
  const device = await fixture.client({ type: 'device', redirectUris: [] });
  const answer = await postForm(
    `${mtlsOrigin}/device/authorize`,
    { client_id: device.clientId, scope: 'openid' },
    { via: origin },
  );
  expect(json(answer)['verification_uri']).toBe(`${server.issuer}/device`);
});

test('headers with certificates are worth nothing from anybody but a trusted proxy', async () => {
  const file = path.join(folder, 'untrusted.yaml');
  await writeFile(file, configuration(''));
  const open = await startServer({
    databaseUrl: server.databaseUrl,
    env: { CONFIG: file, TRUSTED_PROXIES: '192.0.2.1' },
  });
  const client = await byName();
  const answer = await postForm(
    `${open.issuer}/token`,
    { grant_type: 'client_credentials', client_id: client.clientId, scope: 'read' },
    { headers: presented(orders) },
  );
  expectSpecError(answer, 401, 'invalid_client');
  await open.printed(/client certificate was not provided/);
  const document = json(await send(`${open.issuer}/.well-known/openid-configuration`));
  expect(document['mtls_endpoint_aliases']).toBeUndefined();
  await open.stop();
});

test('discovery tells of certificates exactly what is on (RFC 8705 §2.3, §3.3, §5)', async () => {
  const { issuer } = server;
  const on = json(await send(`${issuer}/.well-known/openid-configuration`, { via: origin }));
  expect(on).toMatchObject({
    tls_client_certificate_bound_access_tokens: true,
    token_endpoint: `${issuer}/token`,
    mtls_endpoint_aliases: {
      token_endpoint: `${mtlsOrigin}/token`,
      userinfo_endpoint: `${mtlsOrigin}/userinfo`,
      revocation_endpoint: `${mtlsOrigin}/revoke`,
      introspection_endpoint: `${mtlsOrigin}/introspect`,
      device_authorization_endpoint: `${mtlsOrigin}/device/authorize`,
      pushed_authorization_request_endpoint: `${mtlsOrigin}/par`,
    },
  });
  expect(on['token_endpoint_auth_methods_supported']).toEqual([
    ...['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    ...['tls_client_auth', 'self_signed_tls_client_auth', 'none'],
  ]);
});
