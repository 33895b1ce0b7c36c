import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as oauth from 'oauth4webapi';
import {
  authorizationRequest,
  closeConnections,
  redeemCode,
  tokensOf,
} from '../support/relying-party-requests.js';
import { UserAgent } from '../support/relying-party-user-agent.js';
import { openFixture, type Fixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { startServer, type TestServer } from '../support/server.js';

const API = 'https://api.example.test';
const LEDGER = 'https://ledger.example.test';
const CONFIGURATION = `
scopes:
  - { name: 'invoices:read', description: see your invoices }
resources:
  - { identifier: '${API}', scopes: ['invoices:read'], signing_algorithm: ES256 }
  - { identifier: '${LEDGER}', scopes: ['invoices:read'], access_token_format: opaque }
`;

// eslint-disable-next-line @typescript-eslint/no-deprecated -- so marked to stand out; the server is on loopback
const insecure = { [oauth.allowInsecureRequests]: true };

let folder: string;
let server: TestServer;
let fixture: Fixture;
let user: TestUser;
let as: oauth.AuthorizationServer;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-flows-'));
  const file = path.join(folder, 'latchkey.yaml');
  await writeFile(file, CONFIGURATION);
  server = await startServer({ env: { CONFIG: file } });
  fixture = await openFixture(server);
  user = await fixture.user();
  const issuer = new URL(server.issuer);
  as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
});

afterAll(async () => {
  closeConnections();
  await fixture.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

const idOf = ({ clientId }: TestClient): oauth.Client => ({ client_id: clientId });
const authOf = ({ clientSecret }: TestClient): oauth.ClientAuth => oauth.ClientSecretBasic(clientSecret);

/** Signs in by the code flow as oauth4webapi checks it. */
async function signIn(client: TestClient): Promise<oauth.TokenEndpointResponse> {
  const request = authorizationRequest(server.issuer, client, { scope: 'openid email' });
  const callback = await new UserAgent(server.issuer).signIn(request.url, user);
  const parameters = oauth.validateAuthResponse(as, idOf(client), callback, request.state);
  const response = await oauth.authorizationCodeGrantRequest(
    ...[as, idOf(client), authOf(client), parameters, client.redirectUri, request.codeVerifier],
    insecure,
  );
  return oauth.processAuthorizationCodeResponse(as, idOf(client), response, {
    expectedNonce: request.nonce,
    requireIdToken: true,
  });
}

async function introspect(asking: TestClient, token: string): Promise<oauth.IntrospectionResponse> {
  const response = await oauth.introspectionRequest(as, idOf(asking), authOf(asking), token, insecure);
  return oauth.processIntrospectionResponse(as, idOf(asking), response);
}

async function clientCredentials(
  client: TestClient,
  parameters: Readonly<Record<string, string>>,
): Promise<oauth.TokenEndpointResponse> {
  const response = await oauth.clientCredentialsGrantRequest(
    ...[as, idOf(client), authOf(client), new URLSearchParams(parameters)],
    insecure,
  );
  return oauth.processClientCredentialsResponse(as, idOf(client), response);
}

describe('oauth4webapi', () => {
  it('signs in, verifies the ID token by the JWKS, and calls userinfo (OIDC Core §3.1)', async () => {
    const client = await fixture.client({ firstParty: false });
    const request = authorizationRequest(server.issuer, client, { scope: 'openid email' });
    const callback = await new UserAgent(server.issuer).signIn(request.url, user);
    const parameters = oauth.validateAuthResponse(as, idOf(client), callback, request.state);
    const response = await oauth.authorizationCodeGrantRequest(
      ...[as, idOf(client), authOf(client), parameters, client.redirectUri, request.codeVerifier],
      insecure,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(as, idOf(client), response, {
      expectedNonce: request.nonce,
      requireIdToken: true,
    });
    await oauth.validateApplicationLevelSignature(as, response, insecure);
    const userinfo = await oauth.userInfoRequest(as, idOf(client), tokens.access_token, insecure);
    expect(await oauth.processUserInfoResponse(as, idOf(client), user.id, userinfo)).toEqual({
      sub: user.id,
      email: user.email,
      email_verified: true,
    });
  });

  it('refreshes, and the new ID token speaks of the same person (OIDC Core §12.2)', async () => {
    const client = await fixture.client();
    const { refresh_token: refreshToken = '' } = await signIn(client);
    const refresh = [as, idOf(client), authOf(client), refreshToken] as const;
    const response = await oauth.refreshTokenGrantRequest(...refresh, insecure);
    const tokens = await oauth.processRefreshTokenResponse(as, idOf(client), response);
    expect(oauth.getValidatedIdTokenClaims(tokens)?.sub).toBe(user.id);
  });

  it('introspects its own tokens and nobody else’s (RFC 7662 §2.2, §4)', async () => {
    const [client, stranger] = await Promise.all([fixture.client(), fixture.client()]);
    const { access_token: accessToken, refresh_token: refreshToken = '' } = await signIn(client);
    expect(await introspect(client, accessToken)).toMatchObject({
      active: true,
      client_id: client.clientId,
      sub: user.id,
      scope: 'openid email',
    });
    expect(await introspect(client, refreshToken)).toMatchObject({ active: true });
    for (const token of [accessToken, refreshToken]) {
      expect(await introspect(stranger, token)).toEqual({ active: false });
    }
    expect(await introspect(client, 'nothing')).toEqual({ active: false });
  });

  it('revokes its refresh token, and with it the access tokens (RFC 7009 §2.1)', async () => {
    const client = await fixture.client();
    const { access_token: accessToken, refresh_token: refreshToken = '' } = await signIn(client);
    const revocation = [as, idOf(client), authOf(client), refreshToken] as const;
    await oauth.processRevocationResponse(await oauth.revocationRequest(...revocation, insecure));
    expect(await introspect(client, refreshToken)).toEqual({ active: false });
    expect(await introspect(client, accessToken)).toEqual({ active: false });
    // Once more is no fault.
    await oauth.processRevocationResponse(await oauth.revocationRequest(...revocation, insecure));
  });

  it('cannot revoke the tokens of another client (RFC 7009 §2.1)', async () => {
    const [client, stranger] = await Promise.all([fixture.client(), fixture.client()]);
    const { access_token: accessToken } = await signIn(client);
    const revocation = [as, idOf(stranger), authOf(stranger), accessToken] as const;
    const refused = await oauth.revocationRequest(...revocation, insecure);
    expect(refused.status).toBe(400);
    expect(await introspect(client, accessToken)).toMatchObject({ active: true });
  });
});

it('has JWT access tokens tell how the person signed in (RFC 9068 §2.2.1)', async () => {
  const client = await fixture.client({ resources: [API], scopes: ['openid', 'invoices:read'] });
  const request = authorizationRequest(server.issuer, client, {
    resource: API,
    scope: 'openid invoices:read',
  });
  const code = await new UserAgent(server.issuer).codeOf(request.url, user);
  const { codeVerifier } = request;
  const { accessToken } = tokensOf(await redeemCode(server.issuer, client, { code, codeVerifier }));
  expect(JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({
    aud: API,
    acr: 'https://refeds.org/profile/sfa',
    amr: ['pwd'],
    auth_time: expect.any(Number) as number,
  });
});

describe('client credentials', () => {
  const service = (resources: readonly string[]): Promise<TestClient> =>
    fixture.client({ type: 'service', redirectUris: [], resources, scopes: ['invoices:read'] });

  it('yield a JWT for a resource declared so, which its server verifies by the JWKS (RFC 9068 §2, §4)', async () => {
    const client = await service([API, LEDGER]);
    const token = await clientCredentials(client, { resource: API, scope: 'invoices:read' });
    const [header = ''] = token.access_token.split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({
      typ: 'at+jwt',
      alg: 'ES256',
    });
    const call = new Request(API, { headers: { authorization: `Bearer ${token.access_token}` } });
    expect(await oauth.validateJwtAccessToken(as, call, API, insecure)).toMatchObject({
      iss: server.issuer,
      aud: API,
      sub: client.clientId,
      client_id: client.clientId,
      scope: 'invoices:read',
    });
    const elsewhere = new Request(LEDGER, { headers: { authorization: `Bearer ${token.access_token}` } });
    await expect(oauth.validateJwtAccessToken(as, elsewhere, LEDGER, insecure)).rejects.toThrow();
  });

  it('yield an opaque token for any other (RFC 6749 §4.4)', async () => {
    const client = await service([API, LEDGER]);
    const forLedger = await clientCredentials(client, { resource: LEDGER, scope: 'invoices:read' });
    expect(forLedger.access_token).not.toContain('.');
    expect(await introspect(client, forLedger.access_token)).toMatchObject({
      active: true,
      aud: LEDGER,
      scope: 'invoices:read',
    });
    const forNone = await clientCredentials(client, {});
    expect(forNone.access_token).not.toContain('.');
  });

  it('are for the only resource of a service that names none (RFC 8707 §2)', async () => {
    const client = await service([API]);
    const token = await clientCredentials(client, { scope: 'invoices:read' });
    expect(token.access_token.split('.')).toHaveLength(3);
  });

  it('are refused for a resource that the client is not registered for (RFC 8707 §2)', async () => {
    const client = await service([API]);
    await expect(clientCredentials(client, { resource: LEDGER })).rejects.toMatchObject({
      error: 'invalid_target',
    });
  });

  it('are refused for a scope that the client is not registered for (RFC 6749 §3.3)', async () => {
    const client = await fixture.client({ type: 'service', redirectUris: [], resources: [API], scopes: [] });
    await expect(clientCredentials(client, { resource: API, scope: 'invoices:read' })).rejects.toMatchObject({
      error: 'invalid_scope',
    });
  });

  it('are refused to a client that is registered for sign-ins only (RFC 6749 §5.2)', async () => {
    const client = await fixture.client();
    await expect(clientCredentials(client, {})).rejects.toMatchObject({ error: 'unauthorized_client' });
  });
});
