import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as jose from 'jose';
import { rotateSigningKeys } from '../../src/domain/signing-keys/rotate-signing-keys.js';
import { startDocumentServer, type DocumentServer } from '../support/document-server.js';
import { json, send, type HttpAnswer } from '../support/relying-party-requests.js';
import { endpoint, startProvider, type OpenIdProvider } from './openid-provider.js';
import { RelyingParty, type AuthorizationResponse } from './relying-party.js';

// The plan `oidcc-dynamic-certification-test-plan` with `private_key_jwt` and the response type `code`.

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const CALLBACK = 'https://app.example.test/callback';

let op: OpenIdProvider;
let documents: DocumentServer;
let key: jose.GenerateKeyPairResult;
let jwks: { readonly keys: readonly jose.JWK[] };

beforeAll(async () => {
  documents = await startDocumentServer();
  op = await startProvider('', { NODE_EXTRA_CA_CERTS: documents.certificateFile });
  key = await jose.generateKeyPair('RS256', { extractable: true });
  jwks = { keys: [await publicJwk(key, 'one')] };
});

afterAll(async () => {
  await op.stop();
  await documents.stop();
});

async function publicJwk({ publicKey }: jose.GenerateKeyPairResult, kid: string): Promise<jose.JWK> {
  return { ...(await jose.exportJWK(publicKey)), alg: 'RS256', use: 'sig', kid };
}

function register(metadata: Readonly<Record<string, unknown>> = {}): Promise<HttpAnswer> {
  const all = {
    redirect_uris: [CALLBACK],
    token_endpoint_auth_method: 'private_key_jwt',
    grant_types: ['authorization_code', 'refresh_token'],
    jwks,
    ...metadata,
  };
  return send(endpoint(op, 'registration_endpoint'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(all),
  });
}

/** Registers an application. @returns it, and what it was told */
async function application(metadata: Readonly<Record<string, unknown>> = {}) {
  const answer = await register(metadata);
  expect([answer.status, answer.headers['cache-control']]).toEqual([201, 'no-store']);
  const registered = json(answer);
  const [redirectUri = ''] = registered['redirect_uris'] as readonly string[];
  const client = { clientId: String(registered['client_id']), clientSecret: '', redirectUri };
  return { rp: new RelyingParty(op, client), registered };
}

async function assertion({ client }: RelyingParty, signing = key, kid = 'one', aud: string = op.issuer) {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: client.clientId, sub: client.clientId, aud, iat: now, exp: now + 60 };
  const jwt = await new jose.SignJWT({ ...claims, jti: crypto.randomUUID() })
    .setProtectedHeader({ alg: 'RS256', kid })
    .sign(signing.privateKey);
  return { client_assertion_type: ASSERTION_TYPE, client_assertion: jwt };
}

async function redeem(rp: RelyingParty, { parameters }: AuthorizationResponse, proof = assertion(rp)) {
  const code = parameters.get('code') ?? '';
  const body = { grant_type: 'authorization_code', code, redirect_uri: rp.client.redirectUri };
  return rp.token({ ...body, ...(await proof) }, {});
}

const refused = (answer: HttpAnswer, error: string): void => {
  expect([answer.status, json(answer)['error']]).toEqual([400, error]);
};

test('oidcc-server, oidcc-idtoken-rs256: registers, signs in and proves itself by its key (Registration §3, Core §3.1.3.7, §9)', async () => {
  const { rp, registered } = await application();
  expect(registered).toMatchObject({
    redirect_uris: [CALLBACK],
    token_endpoint_auth_method: 'private_key_jwt',
    registration_client_uri: expect.stringContaining(op.issuer) as string,
    registration_access_token: expect.stringMatching(/.+/) as string,
  });
  expect(registered).not.toHaveProperty('client_secret');
  const response = await rp.authorize(rp.browser());
  const tokens = await redeem(rp, response);
  expect(jose.decodeProtectedHeader(tokens.idToken).alg).toBe('RS256');
  expect((await rp.verify(tokens.idToken, response.nonce)).sub).toBe(op.user.id);
});

test('oidcc-idtoken-unsigned: none cannot be registered (Registration §2, Core §2)', async () => {
  refused(await register({ id_token_signed_response_alg: 'none' }), 'invalid_client_metadata');
});

test('oidcc-userinfo-rs256: gets its claims signed (Core §5.3.2)', async () => {
  const { rp } = await application({ userinfo_signed_response_alg: 'RS256' });
  const tokens = await redeem(rp, await rp.authorize(rp.browser()));
  const answer = await send(endpoint(op, 'userinfo_endpoint'), {
    headers: { authorization: `Bearer ${tokens.accessToken}` },
  });
  expect(answer.headers['content-type']).toMatch(/^application\/jwt/);
  const keys = jose.createRemoteJWKSet(new URL(endpoint(op, 'jwks_uri')));
  const audience = rp.client.clientId;
  const { payload } = await jose.jwtVerify(answer.text, keys, { issuer: op.issuer, audience });
  expect(payload.sub).toBe(op.user.id);
});

test('oidcc-ensure-redirect-uri-in-authorization-request: it may not be left out (Core §3.1.2.1)', async () => {
  const { rp } = await application();
  const { mode, page } = await rp.authorize(rp.browser(), { redirect_uri: '' });
  expect([mode, page?.status]).toEqual(['page', 400]);
});

test('oidcc-redirect-uri-query-OK, -mismatch, -added: compared with its query, exactly (Core §3.1.2.1)', async () => {
  const { rp } = await application({ redirect_uris: [`${CALLBACK}?foo=bar`] });
  const right = await rp.authorize(rp.browser());
  expect(right.parameters.get('foo')).toBe('bar');
  expect((await redeem(rp, right)).answer.status).toBe(200);
  for (const uri of [`${CALLBACK}?foo=other`, CALLBACK, `${CALLBACK}?foo=bar&more=1`]) {
    expect((await rp.authorize(rp.browser(), { redirect_uri: uri })).mode).toBe('page');
  }
});

test('oidcc-redirect-uri-regfrag: none with a fragment is registered (Registration §2)', async () => {
  refused(await register({ redirect_uris: [`${CALLBACK}#fragment`] }), 'invalid_redirect_uri');
});

test('oidcc-registration-logo-uri, -policy-uri, -tos-uri: are kept (Registration §2)', async () => {
  const uris = {
    logo_uri: 'https://app.example.test/logo.png',
    policy_uri: 'https://app.example.test/policy',
    tos_uri: 'https://app.example.test/terms',
  };
  expect((await application(uris)).registered).toMatchObject(uris);
});

test('oidcc-registration-jwks-uri: keys come from its address (Registration §2)', async () => {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(jwks));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { rp } = await application({ jwks: undefined, jwks_uri: `http://127.0.0.1:${port}/jwks` });
  const tokens = await redeem(rp, await rp.authorize(rp.browser()));
  expect(tokens.answer.status).toBe(200);
  server.closeAllConnections();
  server.close();
});

test('oidcc-registration-sector-uri: the apps of one sector know a person by the same name, which is none of ours (Registration §5, Core §8.1)', async () => {
  const uris = [CALLBACK, 'https://other.example.test/callback'];
  const sector = {
    subject_type: 'pairwise',
    sector_identifier_uri: documents.put('/sector', { body: JSON.stringify(uris) }),
  };
  const subjects: unknown[] = [];
  for (const redirect_uris of [uris, uris.toReversed()]) {
    const { rp } = await application({ ...sector, redirect_uris });
    const response = await rp.authorize(rp.browser());
    const { sub } = await rp.verify((await redeem(rp, response)).idToken, response.nonce);
    subjects.push(sub);
  }
  expect(subjects[0]).toBe(subjects[1]);
  expect(subjects[0]).not.toBe(op.user.id);
});

test('oidcc-registration-sector-bad: a sector that does not name the redirect URIs is refused (Registration §5)', async () => {
  const sector = { subject_type: 'pairwise', sector_identifier_uri: 'https://127.0.0.1:1/sector' };
  refused(await register(sector), 'invalid_client_metadata');
});

test('oidcc-request-uri-unsigned, oidcc-request-uri-signed-rs256: are not offered, and said so (Core §6.2, §3.1.2.6)', async () => {
  const { rp } = await application();
  const { parameters } = await rp.authorize(rp.browser(), { request_uri: 'https://app.example.test/r' });
  expect(parameters.get('error')).toBe('request_uri_not_supported');
});

test('oidcc-refresh-token: gives new tokens for the same person (Core §12)', async () => {
  const { rp } = await application();
  const offline = { scope: 'openid offline_access', prompt: 'consent' };
  const tokens = await redeem(rp, await rp.authorize(rp.browser(), offline));
  const body = { grant_type: 'refresh_token', refresh_token: tokens.refreshToken };
  const refreshed = await rp.token({ ...body, ...(await assertion(rp)) }, {});
  expect((await rp.verify(refreshed.idToken)).sub).toBe(op.user.id);
});

test('oidcc-refresh-token-rp-key-rotation: an app that has another key refreshes by it (Core §10.1.1, §12)', async () => {
  const uri = documents.put('/jwks', jwks);
  const { rp } = await application({ jwks: undefined, jwks_uri: uri });
  const offline = { scope: 'openid offline_access', prompt: 'consent' };
  const tokens = await redeem(rp, await rp.authorize(rp.browser(), offline));
  const next = await jose.generateKeyPair('RS256', { extractable: true });
  documents.put('/jwks', { keys: [await publicJwk(next, 'two')] });
  const body = { grant_type: 'refresh_token', refresh_token: tokens.refreshToken };
  const refreshed = await rp.token({ ...body, ...(await assertion(rp, next, 'two')) }, {});
  expect((await rp.verify(refreshed.idToken)).sub).toBe(op.user.id);
});

test('oidcc-server-rotate-keys: new ID tokens are of the new key, and those of the old one still hold (Core §10.1.1)', async () => {
  const { rp } = await application();
  const before = await redeem(rp, await rp.authorize(rp.browser()));
  const changed = op.server.printed(/"msg":"signing keys changed"/);
  await rotateSigningKeys(op.fixture.application, { algorithms: ['RS256'], immediately: true });
  await changed;
  // Nothing kept: as whoever comes for the first time.
  const fresh = new RelyingParty(op, rp.client);
  const after = await redeem(fresh, await fresh.authorize(fresh.browser()));
  const kids = [before, after].map(({ idToken }) => jose.decodeProtectedHeader(idToken).kid);
  expect(kids[0]).not.toBe(kids[1]);
  for (const { idToken } of [before, after]) expect((await fresh.verify(idToken)).sub).toBe(op.user.id);
});

test('oidcc-ensure-client-assertion-with-iss-aud-succeeds (Core §9)', async () => {
  const { rp } = await application();
  const response = await rp.authorize(rp.browser());
  const tokens = await redeem(rp, response, assertion(rp, key, 'one', op.issuer));
  expect(tokens.answer.status).toBe(200);
});
