import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import * as jose from 'jose';
import * as openid from 'openid-client';
import { setAccountDisabled } from '../../src/domain/accounts/set-account-disabled.js';
import type { JsonObject } from '../../src/domain/json.js';
import {
  authorizationRequest,
  basic,
  closeConnections,
  json,
  postForm,
  redeemCode,
  send,
  tokensOf,
} from '../support/relying-party-requests.js';
import { UserAgent } from '../support/relying-party-user-agent.js';
import { openFixture, type Fixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { startServer, type TestServer } from '../support/server.js';

const CONFIGURATION = `
features:
  { request_objects: true, jarm: true, jwt_userinfo: true, jwt_introspection: true, encryption: true }
`;

let folder: string;
let server: TestServer;
let fixture: Fixture;
let user: TestUser;
let published: ReturnType<typeof jose.createRemoteJWKSet>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-flows-'));
  const file = path.join(folder, 'latchkey.yaml');
  await writeFile(file, CONFIGURATION);
  server = await startServer({ env: { CONFIG: file } });
  fixture = await openFixture(server);
  user = await fixture.user();
  published = jose.createRemoteJWKSet(new URL(`${server.issuer}/jwks`));
});

afterAll(async () => {
  closeConnections();
  await fixture.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

/** A client with a key to encrypt to, and what opens what it gets. */
async function register(alg: string, metadata: JsonObject, backchannelLogoutUri?: string) {
  const { publicKey, privateKey } = await jose.generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await jose.exportJWK(publicKey)), use: 'enc', kid: 'enc-1' } as JsonObject;
  const client = await fixture.client({
    metadata: { ...metadata, jwks: { keys: [jwk] } },
    scopes: ['openid', 'email'],
    backchannelLogoutUri,
  });
  return { client, privateKey };
}

/** Signs in and takes the code that comes back. */
async function signIn(client: TestClient, extra: Readonly<Record<string, string>> = {}, by = user) {
  const request = authorizationRequest(server.issuer, client, { scope: 'openid email', ...extra });
  return { request, callback: await new UserAgent(server.issuer).signIn(request.url, by) };
}

async function tokensFor(client: TestClient, by = user) {
  const { request, callback } = await signIn(client, {}, by);
  const code = callback.searchParams.get('code') ?? '';
  return tokensOf(await redeemCode(server.issuer, client, { code, codeVerifier: request.codeVerifier }));
}

/** Decrypts with the client's key, then verifies the provider's signature inside. */
async function open(jwe: string, key: jose.CryptoKey, alg: string, enc: string) {
  expect(jwe.split('.')).toHaveLength(5);
  const { plaintext, protectedHeader } = await jose.compactDecrypt(jwe, key, {
    keyManagementAlgorithms: [alg],
    contentEncryptionAlgorithms: [enc],
  });
  expect(protectedHeader).toMatchObject({ alg, enc, kid: 'enc-1', cty: 'JWT' });
  const signed = new TextDecoder().decode(plaintext);
  const { payload } = await jose.jwtVerify(signed, published, { issuer: server.issuer });
  return { payload, signed };
}

test.each([
  ['RSA-OAEP-256', 'A256GCM'],
  ['ECDH-ES', 'A128GCM'],
  ['ECDH-ES+A128KW', 'A128CBC-HS256'],
  ['ECDH-ES+A256KW', 'A256GCM'],
])(
  'an ID token is signed, then encrypted by %s with %s (OpenID Connect Core 1.0 §10.2)',
  async (alg, enc) => {
    const { client, privateKey } = await register(alg, {
      id_token_encrypted_response_alg: alg,
      id_token_encrypted_response_enc: enc,
    });
    const { idToken } = await tokensFor(client);
    const { payload } = await open(idToken, privateKey, alg, enc);
    expect(payload).toMatchObject({ sub: user.id, aud: client.clientId });

    const other = await jose.generateKeyPair(alg);
    await expect(jose.compactDecrypt(idToken, other.privateKey)).rejects.toThrow(jose.errors.JOSEError);
  },
);

test('without enc it is A128CBC-HS256, and a certified client reads it (OpenID Connect Dynamic Client Registration 1.0 §2)', async () => {
  const { client, privateKey } = await register('ECDH-ES', { id_token_encrypted_response_alg: 'ECDH-ES' });
  const config = await openid.discovery(
    new URL(server.issuer),
    client.clientId,
    {},
    openid.ClientSecretBasic(client.clientSecret),
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- so marked to stand out; the server is on loopback
    { execute: [openid.allowInsecureRequests] },
  );
  openid.enableDecryptingResponses(config, ['A128CBC-HS256'], {
    key: privateKey,
    alg: 'ECDH-ES',
    kid: 'enc-1',
  });
  const { request, callback } = await signIn(client);
  const tokens = await openid.authorizationCodeGrant(config, callback, {
    pkceCodeVerifier: request.codeVerifier,
    expectedState: request.state,
    expectedNonce: request.nonce,
  });
  expect(tokens.claims()?.sub).toBe(user.id);
});

test('userinfo and introspection are encrypted (OpenID Connect Core 1.0 §5.3.2, RFC 9701 §5)', async () => {
  const { client, privateKey } = await register('RSA-OAEP-256', {
    userinfo_signed_response_alg: 'ES256',
    userinfo_encrypted_response_alg: 'RSA-OAEP-256',
    userinfo_encrypted_response_enc: 'A128GCM',
    introspection_encrypted_response_alg: 'RSA-OAEP-256',
    introspection_encrypted_response_enc: 'A256GCM',
  });
  const { accessToken, idToken } = await tokensFor(client);
  expect(idToken.split('.')).toHaveLength(3);
  const userinfo = await send(`${server.issuer}/userinfo`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  expect(userinfo.headers['content-type']).toMatch(/^application\/jwt/);
  const claims = await open(userinfo.text, privateKey, 'RSA-OAEP-256', 'A128GCM');
  expect(claims.payload).toMatchObject({ sub: user.id, email: user.email });

  const introspect = (accept: string) =>
    postForm(
      `${server.issuer}/introspect`,
      { token: accessToken },
      { headers: { ...basic(client), accept } },
    );
  const answer = await introspect('application/token-introspection+jwt');
  const { payload } = await open(answer.text, privateKey, 'RSA-OAEP-256', 'A256GCM');
  expect(payload['token_introspection']).toMatchObject({ active: true, sub: user.id });
  const plain = await introspect('application/json');
  expect([plain.status, json(plain)['error']]).toEqual([400, 'invalid_request']);
  expect(plain.text).not.toContain(user.id);
});

test('an authorization response is encrypted (JARM 1.0 §2.2)', async () => {
  const { client, privateKey } = await register('ECDH-ES+A256KW', {
    authorization_encrypted_response_alg: 'ECDH-ES+A256KW',
    authorization_encrypted_response_enc: 'A256GCM',
  });
  const { request, callback } = await signIn(client, { response_mode: 'jwt' });
  expect([...callback.searchParams.keys()]).toEqual(['response']);
  const response = callback.searchParams.get('response') ?? '';
  const { payload } = await open(response, privateKey, 'ECDH-ES+A256KW', 'A256GCM');
  expect(payload).toMatchObject({ aud: client.clientId, state: request.state });
  const { codeVerifier } = request;
  const tokens = await redeemCode(server.issuer, client, { code: String(payload['code']), codeVerifier });
  expect(tokens.status).toBe(200);
});

test('a logout token is encrypted as ID tokens are (OpenID Connect Back-Channel Logout 1.0 §2.4)', async () => {
  const receiver = createServer();
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const told = new Promise<string>((resolve) => {
    receiver.on('request', (request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        response.end();
        resolve(new URLSearchParams(body).get('logout_token') ?? '');
      });
    });
  });
  const uri = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/logout`;
  const { client, privateKey } = await register(
    'ECDH-ES',
    { id_token_encrypted_response_alg: 'ECDH-ES' },
    uri,
  );
  const leaving = await fixture.user();
  await tokensFor(client, leaving);
  await setAccountDisabled(fixture.application, leaving.id, true);
  const { payload } = await open(await told, privateKey, 'ECDH-ES', 'A128CBC-HS256');
  expect(payload).toMatchObject({ sub: leaving.id, aud: client.clientId });
  receiver.close();
  receiver.closeAllConnections();
});

test('as a hint the signed token inside works, the encrypted one is refused (OpenID Connect RP-Initiated Logout 1.0 §2)', async () => {
  const { client, privateKey } = await register('ECDH-ES', { id_token_encrypted_response_alg: 'ECDH-ES' });
  const { idToken } = await tokensFor(client);
  const { signed } = await open(idToken, privateKey, 'ECDH-ES', 'A128CBC-HS256');
  const status = async (hint: string) =>
    (await send(`${server.issuer}/session/end?id_token_hint=${hint}`)).status;
  expect([await status(signed), await status(idToken)]).toEqual([200, 400]);
});

test('a request that is encrypted is refused, since this provider has no key for it (RFC 9101 §6.1)', async () => {
  const { client } = await register('ECDH-ES', { id_token_encrypted_response_alg: 'ECDH-ES' });
  const [signing] = (
    json(await send(`${server.issuer}/jwks`)) as unknown as { keys: jose.JWK[] }
  ).keys.filter(({ kty }) => kty === 'RSA');
  const request = await new jose.CompactEncrypt(new TextEncoder().encode('e30.e30.'))
    .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM' })
    .encrypt(await jose.importJWK({ ...signing, use: 'enc', alg: 'RSA-OAEP-256' }, 'RSA-OAEP-256'));
  const { url } = authorizationRequest(server.issuer, client, { request });
  const { page, url: at } = await new UserAgent(server.issuer).open(url);
  expect(page ? page.text : at.searchParams.get('error')).toContain('invalid_request_object');
});

test('a client without a key behind jwks_uri gets an error and no token (RFC 7516 §5.1)', async () => {
  const { publicKey } = await jose.generateKeyPair('ES256', { extractable: true });
  const signing = { ...(await jose.exportJWK(publicKey)), use: 'sig' };
  const keys = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [signing] }));
  });
  keys.listen(0, '127.0.0.1');
  await once(keys, 'listening');
  const client = await fixture.client({
    metadata: {
      id_token_encrypted_response_alg: 'ECDH-ES',
      jwks_uri: `http://127.0.0.1:${(keys.address() as AddressInfo).port}/jwks`,
    },
    scopes: ['openid'],
  });
  const { request, callback } = await signIn(client, { scope: 'openid' });
  const answer = await redeemCode(server.issuer, client, {
    code: callback.searchParams.get('code') ?? '',
    codeVerifier: request.codeVerifier,
  });
  expect([answer.status, json(answer)['error']]).toEqual([400, 'invalid_client_metadata']);
  expect(answer.text).not.toContain('_token"');
  keys.close();
  keys.closeAllConnections();
});
