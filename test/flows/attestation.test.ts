import { randomUUID } from 'node:crypto';
import * as jose from 'jose';
import {
  attest,
  makeClientInstance,
  prove,
  proveByDpop,
  type ClientInstance,
  type JwtChanges,
} from '../support/client-instance.js';
import {
  authorizationRequest,
  json,
  postForm,
  send,
  tokensOf,
  type HttpAnswer,
} from '../support/relying-party-requests.js';
import { UserAgent } from '../support/relying-party-user-agent.js';
import { serve, serveKeys } from '../support/serve.js';
import { expectNoFault, expectSpecError } from '../support/server-answers.js';
import type { Fixture, TestClient, TestUser } from '../support/server-fixture.js';
import { startSecondServer, startServer, type TestServer } from '../support/server.js';

const ATTESTER = 'https://attester.example.test';
/** Its keys are behind an address. */
const REMOTE = 'https://remote.example.test';
/** Nobody answers where its keys should be. */
const GONE = 'https://gone.example.test';
/** Speaks for another client. */
const NARROW = 'https://narrow.example.test';
const CHALLENGE_HEADER = 'oauth-client-attestation-challenge';

let server: TestServer;
let fixture: Fixture;
let user: TestUser;
let wallet: TestClient;
let attesterKeys: jose.GenerateKeyPairResult;
let phone: ClientInstance;
let tablet: ClientInstance;

beforeAll(async () => {
  attesterKeys = await jose.generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await jose.exportJWK(attesterKeys.publicKey)), alg: 'ES256', use: 'sig', kid: 'a' };
  const jwks = JSON.stringify({ keys: [jwk] });
  const keysAt = await serveKeys([jwk]);
  [server, fixture] = await serve({
    configuration: `
features: { client_attestation: true }
client_attesters:
  - { issuer: ${ATTESTER}, jwks: ${jwks}, clients: [wallet, plain, combined] }
  - { issuer: ${REMOTE}, jwks_uri: "${keysAt}/jwks", clients: [wallet] }
  - { issuer: ${GONE}, jwks_uri: "${keysAt}/gone", clients: [wallet] }
  - { issuer: ${NARROW}, jwks: ${jwks}, clients: [other] }
`,
  });
  user = await fixture.user();
  wallet = await fixture.client({
    type: 'native',
    clientId: 'wallet',
    metadata: { token_endpoint_auth_method: 'attest_jwt_client_auth' },
  });
  [phone, tablet] = await Promise.all([makeClientInstance(), makeClientInstance()]);
});

async function newChallenge(via?: string): Promise<string> {
  const answer = await postForm(`${server.issuer}/challenge`, {}, { via });
  expect(answer.headers['cache-control']).toBe('no-store');
  return String(json(answer)['attestation_challenge']);
}

interface Changes {
  readonly attestation?: JwtChanges;
  readonly proof?: JwtChanges;
}

/** The headers by which an instance of the wallet says who it is. */
async function headersOf(instance: ClientInstance, changes: Changes = {}): Promise<Record<string, string>> {
  const attester = { issuer: ATTESTER, kid: 'a', privateKey: attesterKeys.privateKey };
  return {
    'oauth-client-attestation': await attest(instance, attester, 'wallet', changes.attestation),
    'oauth-client-attestation-pop': await prove(instance, server.issuer, await newChallenge(), changes.proof),
  };
}

const redeem = (
  headers: Record<string, string>,
  parameters: Record<string, string> = { code: 'none', redirect_uri: wallet.redirectUri },
  via?: string,
): Promise<HttpAnswer> =>
  postForm(`${server.issuer}/token`, { grant_type: 'authorization_code', ...parameters }, { headers, via });

/** Whoever is known gets as far as the code, which is none. */
const expectKnown = (answer: HttpAnswer): void => expectSpecError(answer, 400, 'invalid_grant');

async function pushRequest(instance: ClientInstance): Promise<{ url: string; codeVerifier: string }> {
  const { url, codeVerifier } = authorizationRequest(server.issuer, wallet, {
    scope: 'openid email offline_access',
    prompt: 'consent',
  });
  const pushed = await postForm(`${server.issuer}/par`, new URL(url).searchParams, {
    headers: await headersOf(instance),
  });
  expect(pushed.status).toBe(201);
  const query = new URLSearchParams({
    client_id: wallet.clientId,
    request_uri: String(json(pushed)['request_uri']),
  });
  return { url: `${server.issuer}/authorize?${query.toString()}`, codeVerifier };
}

test('an instance signs a person in, and its code and its refresh tokens are of use to no other instance', async () => {
  const { url, codeVerifier } = await pushRequest(phone);
  const code = await new UserAgent(server.issuer).codeOf(url, user);
  const parameters = { code, code_verifier: codeVerifier, redirect_uri: wallet.redirectUri };
  expectSpecError(await redeem(await headersOf(tablet), parameters), 400, 'invalid_grant');
  const tokens = tokensOf(await redeem(await headersOf(phone), parameters));
  expect(jose.decodeJwt(tokens.idToken)).toMatchObject({ sub: user.id, aud: 'wallet' });

  const refresh = async (token: string, instance: ClientInstance): Promise<HttpAnswer> =>
    postForm(
      `${server.issuer}/token`,
      { grant_type: 'refresh_token', refresh_token: token },
      { headers: await headersOf(instance) },
    );
  expectSpecError(await refresh(tokens.refreshToken, tablet), 400, 'invalid_grant');
  const next = tokensOf(await refresh(tokens.refreshToken, phone));
  // Nor is the answer that is given again for a while.
  expectSpecError(await refresh(tokens.refreshToken, tablet), 400, 'invalid_grant');
  expectSpecError(await refresh(next.refreshToken, tablet), 400, 'invalid_grant');
  expect((await refresh(next.refreshToken, phone)).status).toBe(200);
});

describe('an instance whose DPoP proof is that of its key as well (attest_jwt_client_auth_dpop)', () => {
  let combined: TestClient;

  beforeAll(async () => {
    combined = await fixture.client({
      type: 'native',
      clientId: 'combined',
      metadata: { token_endpoint_auth_method: 'attest_jwt_client_auth_dpop' },
    });
  });

  async function combinedHeaders(
    instance: ClientInstance,
    nonce: string | undefined,
    { path: at = 'token', proof = {} }: { readonly path?: string; readonly proof?: JwtChanges } = {},
  ): Promise<Record<string, string>> {
    const attester = { issuer: ATTESTER, kid: 'a', privateKey: attesterKeys.privateKey };
    const request = { htm: 'POST', htu: `${server.issuer}/${at}`, nonce };
    return {
      'oauth-client-attestation': await attest(instance, attester, combined.clientId),
      dpop: await proveByDpop(instance, request, proof),
    };
  }

  /** A nonce, which comes with the refusal of a proof that has none. */
  async function newNonce(): Promise<string> {
    const answer = await redeem(await combinedHeaders(phone, undefined));
    expectSpecError(answer, 400, 'use_dpop_nonce');
    return String(answer.headers['dpop-nonce']);
  }

  test('signs a person in, and everything is of use to that instance alone (RFC 9449 §8)', async () => {
    const nonce = await newNonce();
    const { url, codeVerifier } = authorizationRequest(server.issuer, combined, {
      scope: 'openid offline_access',
      prompt: 'consent',
    });
    const pushed = await postForm(`${server.issuer}/par`, new URL(url).searchParams, {
      headers: await combinedHeaders(phone, nonce, { path: 'par' }),
    });
    expect(pushed.status).toBe(201);
    const query = new URLSearchParams({
      client_id: combined.clientId,
      request_uri: String(json(pushed)['request_uri']),
    });
    const code = await new UserAgent(server.issuer).codeOf(
      `${server.issuer}/authorize?${query.toString()}`,
      user,
    );
    const parameters = { code, code_verifier: codeVerifier, redirect_uri: combined.redirectUri };
    expectSpecError(await redeem(await combinedHeaders(tablet, nonce), parameters), 400, 'invalid_grant');
    const answer = await redeem(await combinedHeaders(phone, nonce), parameters);
    expect(json(answer)).toMatchObject({ token_type: 'DPoP' });
    const { refreshToken } = tokensOf(answer);
    const refresh = async (instance: ClientInstance) =>
      redeem(await combinedHeaders(instance, nonce), {
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
      });
    expectSpecError(await refresh(tablet), 400, 'invalid_grant');
    expect((await refresh(phone)).status).toBe(200);
  });

  test('is refused with a proof that is not that of the attested key, or of another kind, or comes again', async () => {
    const nonce = await newNonce();
    const sound = await combinedHeaders(phone, nonce);
    const { 'oauth-client-attestation': attestation = '' } = sound;
    const other = await combinedHeaders(tablet, nonce);
    for (const headers of [
      { ...sound, dpop: other['dpop'] ?? '' },
      { 'oauth-client-attestation': attestation },
      {
        'oauth-client-attestation': attestation,
        'oauth-client-attestation-pop': await prove(phone, server.issuer, await newChallenge()),
      },
    ]) {
      expectSpecError(await redeem(headers), 401, 'invalid_client');
    }
    const elsewhere = await combinedHeaders(phone, nonce, { path: 'par' });
    expectSpecError(await redeem(elsewhere), 400, 'invalid_dpop_proof');
    const forged = await combinedHeaders(phone, nonce, { proof: { key: tablet.privateKey } });
    expectSpecError(await redeem(forged), 400, 'invalid_dpop_proof');
    expectKnown(await redeem(sound));
    expectSpecError(await redeem(sound), 400, 'invalid_dpop_proof');
  });
});

test('the keys of an attester may be behind an address; where nobody answers, it vouches for nobody', async () => {
  expectKnown(await redeem(await headersOf(phone, { attestation: { claims: { iss: REMOTE } } })));
  const gone = await redeem(await headersOf(phone, { attestation: { claims: { iss: GONE } } }));
  expectSpecError(gone, 401, 'invalid_client');
});

test('an attestation or a proof that is not right in every point proves nothing', async () => {
  expectKnown(await redeem(await headersOf(phone)));
  const past = Math.floor(Date.now() / 1000) - 3600;
  const shared = new TextEncoder().encode('a secret of 32 characters, at least');
  const wrong: Readonly<Record<string, Changes>> = {
    'nobody trusted': { attestation: { claims: { iss: 'https://evil.example.test' } } },
    'no issuer': { attestation: { claims: { iss: undefined } } },
    'an issuer that is no text': { attestation: { claims: { iss: { a: 1 } } } },
    'an attester of others': { attestation: { claims: { iss: NARROW } } },
    'signed by the instance': { attestation: { key: phone.privateKey } },
    'an unknown key': { attestation: { header: { kid: 'b' } } },
    expired: { attestation: { claims: { exp: past } } },
    'without end': { attestation: { claims: { exp: undefined } } },
    'not valid yet': { attestation: { claims: { nbf: past + 7200 } } },
    'another type': { attestation: { header: { typ: 'JWT' } } },
    unsigned: { attestation: { header: { alg: 'none' } } },
    'signed with a secret': { attestation: { header: { alg: 'HS256' }, key: shared } },
    'another client': { attestation: { claims: { sub: 'nobody' } } },
    'without a key': { attestation: { claims: { cnf: undefined } } },
    'a key that is none': { attestation: { claims: { cnf: { jwk: { kty: 'EC', crv: 'P-256' } } } } },
    'a private key': { attestation: { claims: { cnf: { jwk: phone.privateJwk } } } },
    'the key of another': { attestation: { claims: { cnf: { jwk: tablet.publicJwk } } } },
    'a proof for somebody else': { proof: { claims: { aud: 'https://other.example.test' } } },
    'a proof for several': { proof: { claims: { aud: [server.issuer, 'https://other.example.test'] } } },
    'a proof for nobody': { proof: { claims: { aud: undefined } } },
    'a proof of another': { proof: { key: tablet.privateKey } },
    'a proof without an id': { proof: { claims: { jti: undefined } } },
    'a proof that has expired': { proof: { claims: { exp: past } } },
    'a proof of another type': { proof: { header: { typ: 'dpop+jwt' } } },
    'an unsigned proof': { proof: { header: { alg: 'none' } } },
    'a proof with a secret': { proof: { header: { alg: 'HS256' }, key: shared } },
  };
  for (const [what, changes] of Object.entries(wrong)) {
    const answer = await redeem(await headersOf(phone, changes));
    expect([what, answer.status, json(answer)['error']]).toEqual([what, 401, 'invalid_client']);
  }
});

test('what is not even a JWT, or lacks its other half, is refused as such', async () => {
  const sound = await headersOf(phone);
  const { 'oauth-client-attestation': attestation = '', 'oauth-client-attestation-pop': proof = '' } = sound;
  const client = { client_id: 'wallet', code: 'none', redirect_uri: wallet.redirectUri };
  for (const headers of [
    {},
    { 'oauth-client-attestation': attestation },
    { 'oauth-client-attestation-pop': proof },
    { 'oauth-client-attestation': attestation, 'oauth-client-attestation-pop': 'no JWT' },
    { 'oauth-client-attestation': 'no JWT', 'oauth-client-attestation-pop': proof },
    { 'oauth-client-attestation': 'a.b.c', 'oauth-client-attestation-pop': 'a.b.c' },
    { ...sound, authorization: `Basic ${Buffer.from('wallet:secret').toString('base64')}` },
    await headersOf(phone, { attestation: { claims: { sub: undefined } } }),
    await headersOf(phone, { attestation: { claims: { sub: 5 } } }),
    await headersOf(phone, { attestation: { claims: { sub: { $ne: '' } } } }),
  ]) {
    const answer = await redeem(headers, client);
    expectNoFault(answer);
    expect(['invalid_client', 'invalid_request']).toContain(json(answer)['error']);
  }
  // The sound halves were used by none of these.
  expectKnown(await redeem(sound, client));
});

test('a proof answers a challenge of this provider, and once', async () => {
  const sound = await headersOf(phone);
  expectKnown(await redeem(sound));
  expectSpecError(await redeem(sound), 401, 'invalid_client');
  for (const challenge of [undefined, 'made up', 5]) {
    const refused = await redeem(await headersOf(phone, { proof: { claims: { challenge } } }));
    expectSpecError(refused, 400, 'use_attestation_challenge');
    const given = refused.headers[CHALLENGE_HEADER];
    expectKnown(await redeem(await headersOf(phone, { proof: { claims: { challenge: given } } })));
  }
});

test('all instances of the provider take the challenges of each, and a proof once among them', async () => {
  const second = await startSecondServer(server);
  const challenge = await newChallenge(second.url);
  const jti = randomUUID();
  const sound = await headersOf(phone, { proof: { claims: { challenge, jti } } });
  expectKnown(await redeem(sound));
  expectSpecError(await redeem(sound, undefined, second.url), 401, 'invalid_client');
  expectKnown(await redeem(await headersOf(phone), undefined, second.url));
  await second.stop();
});

test('an attestation is no way in for a client that is registered for another one', async () => {
  await fixture.client({ type: 'native', clientId: 'plain' });
  const changes = { attestation: { claims: { sub: 'plain' } } };
  expectSpecError(await redeem(await headersOf(phone, changes)), 401, 'invalid_client');
});

test('discovery tells of attestations exactly where they are taken', async () => {
  const document = async (of: TestServer) =>
    json(await send(`${of.issuer}/.well-known/openid-configuration`));
  const on = await document(server);
  expect(on['token_endpoint_auth_methods_supported']).toContain('attest_jwt_client_auth');
  expect(on).toMatchObject({
    challenge_endpoint: `${server.issuer}/challenge`,
    client_attestation_signing_alg_values_supported: ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'],
    client_attestation_pop_signing_alg_values_supported: ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'],
  });

  const plain = await startServer({ databaseUrl: server.databaseUrl });
  const off = await document(plain);
  expect(off['token_endpoint_auth_methods_supported']).not.toContain('attest_jwt_client_auth');
  expect(Object.keys(off).filter((key) => /challenge_endpoint|attestation/.test(key))).toEqual([]);
  expect((await postForm(`${plain.issuer}/challenge`, {})).status).toBe(404);
  // A client that was registered while it was on is refused.
  const answer = await postForm(
    `${plain.issuer}/token`,
    { grant_type: 'authorization_code', code: 'none', redirect_uri: wallet.redirectUri },
    { headers: await headersOf(phone) },
  );
  expectNoFault(answer);
  expect([400, 401]).toContain(answer.status);
  await plain.stop();
});
