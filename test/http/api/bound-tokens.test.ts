import { createHash, randomUUID } from 'node:crypto';
import * as jose from 'jose';
import * as openid from 'openid-client';
import { registerClient } from '../../../src/domain/clients/register-client.js';
import { send } from '../../support/relying-party-requests.js';
import { startApiServer, type ApiServer } from './api-server.js';

let api: ApiServer;
let config: openid.Configuration;
let resource: string;
let keys: openid.CryptoKeyPair;
let DPoP: openid.DPoPHandle;
/** Bound to the keys. */
let token: string;

beforeAll(async () => {
  api = await startApiServer();
  resource = `${api.issuer}/api/v1`;
  const { client, secret } = await registerClient(
    { ...api.application, declaredClientIds: new Set() },
    {
      name: 'Robot',
      type: 'service',
      scopes: ['users:read', 'users:write'],
      resources: [resource],
      metadata: { dpop_bound_access_tokens: true },
    },
  );
  config = await openid.discovery(new URL(api.issuer), client.clientId, secret, undefined, {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- so marked to stand out; the server is on loopback
    execute: [openid.allowInsecureRequests],
  });
  keys = await openid.randomDPoPKeyPair();
  DPoP = openid.getDPoPHandle(config, keys);
  const parameters = { scope: 'users:read', resource };
  token = (await openid.clientCredentialsGrant(config, parameters, { DPoP })).access_token;
}, 60_000);
afterAll(() => api.stop());

const usersUrl = () => new URL(`${resource}/users?limit=1`);

interface ProofParts {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly by?: openid.CryptoKeyPair;
}

/** A proof for listing users, unless the parts say otherwise. */
async function proof({ claims = {}, by = keys }: ProofParts = {}): Promise<string> {
  const usual = {
    jti: randomUUID(),
    iat: Math.floor(Date.now() / 1000),
    htm: 'GET',
    htu: `${resource}/users`,
    ath: createHash('sha256').update(token).digest('base64url'),
  };
  return new jose.SignJWT({ ...usual, ...claims })
    .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk: await jose.exportJWK(by.publicKey) })
    .sign(by.privateKey);
}

async function list(headers: Readonly<Record<string, string>>) {
  const answer = await send(usersUrl().href, { headers: { accept: 'application/json', ...headers } });
  const { code } = JSON.parse(answer.text) as { readonly code?: string };
  return { status: answer.status, code, headers: answer.headers };
}

describe('an access token that is bound to a key (RFC 9449 §7)', () => {
  it('lets its holder in, as a client library proves it', async () => {
    const answer = await openid.fetchProtectedResource(config, token, usersUrl(), 'GET', null, undefined, {
      DPoP,
    });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toHaveProperty('data');
  });

  it('lets nobody in who presents it as a bearer token', async () => {
    const answer = await list({ authorization: `Bearer ${token}` });
    expect(answer).toMatchObject({ status: 401, code: 'invalid_token' });
    expect(answer.headers['www-authenticate']).toBe(`Bearer realm="${resource}", error="invalid_token"`);
    expect((await list({ authorization: `Bearer ${token}`, dpop: await proof() })).status).toBe(401);
  });

  it.each<[string, () => Promise<ProofParts | string>, string]>([
    ['no proof', () => Promise.resolve(''), 'invalid_dpop_proof'],
    ['what is no proof', () => Promise.resolve('nonsense'), 'invalid_dpop_proof'],
    ['a proof for another method', () => Promise.resolve({ claims: { htm: 'POST' } }), 'invalid_dpop_proof'],
    [
      'a proof for another address',
      () => Promise.resolve({ claims: { htu: `${resource}/groups` } }),
      'invalid_dpop_proof',
    ],
    [
      'a proof for another host',
      () => Promise.resolve({ claims: { htu: 'https://elsewhere.example/api/v1/users' } }),
      'invalid_dpop_proof',
    ],
    [
      'a proof for another token',
      () => Promise.resolve({ claims: { ath: 'x'.repeat(43) } }),
      'invalid_dpop_proof',
    ],
    ['a proof without a name', () => Promise.resolve({ claims: { jti: undefined } }), 'invalid_dpop_proof'],
    ['a proof by another key', async () => ({ by: await openid.randomDPoPKeyPair() }), 'invalid_token'],
    ['an old proof', () => Promise.resolve({ claims: { iat: 1_700_000_000 } }), 'use_dpop_nonce'],
    ['a nonce that nobody gave', () => Promise.resolve({ claims: { nonce: 'made-up' } }), 'use_dpop_nonce'],
  ])('is refused with %s', async (_what, make, error) => {
    const parts = await make();
    const dpop = typeof parts === 'string' ? parts : await proof(parts);
    const answer = await list({ authorization: `DPoP ${token}`, ...(dpop !== '' && { dpop }) });
    expect(answer).toMatchObject({ status: 401, code: error });
    expect(answer.headers['www-authenticate']).toBe(
      `DPoP realm="${resource}", error="${error}", algs="ES256 Ed25519 EdDSA"`,
    );
  });

  it('takes a proof once (RFC 9449 §11.1)', async () => {
    const headers = { authorization: `DPoP ${token}`, dpop: await proof() };
    expect((await list(headers)).status).toBe(200);
    expect(await list(headers)).toMatchObject({ status: 401, code: 'invalid_dpop_proof' });
    const together = { authorization: `DPoP ${token}`, dpop: await proof() };
    const answers = await Promise.all(Array.from({ length: 5 }, () => list(together)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 'invalid_dpop_proof')).toHaveLength(4);
  });

  it('gives a client whose clock is wrong a nonce to go on with (RFC 9449 §9)', async () => {
    const old = { iat: 1_700_000_000 };
    const asked = await list({ authorization: `DPoP ${token}`, dpop: await proof({ claims: old }) });
    const nonce = String(asked.headers['dpop-nonce']);
    const again = await proof({ claims: { ...old, nonce } });
    expect((await list({ authorization: `DPoP ${token}`, dpop: again })).status).toBe(200);
  });

  it('says in its own words what a scope is missing for', async () => {
    const call = openid.fetchProtectedResource(
      config,
      token,
      new URL(`${resource}/clients`),
      'GET',
      null,
      undefined,
      { DPoP },
    );
    const error: unknown = await call.catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      status: 403,
      cause: [{ scheme: 'dpop', parameters: { error: 'insufficient_scope', scope: 'clients:read' } }],
    });
  });
});

it('an access token that is bound to nothing is none for DPoP (RFC 9449 §7.1)', async () => {
  const free = await api.serviceToken('users:read');
  const ath = createHash('sha256').update(free).digest('base64url');
  const answer = await list({ authorization: `DPoP ${free}`, dpop: await proof({ claims: { ath } }) });
  expect(answer).toMatchObject({ status: 401, code: 'invalid_token' });
  expect((await list({ authorization: `Bearer ${free}` })).status).toBe(200);
});

it('who comes without a token is told every way', async () => {
  expect((await list({})).headers['www-authenticate']).toBe(
    `Bearer realm="${resource}", DPoP realm="${resource}", algs="ES256 Ed25519 EdDSA"`,
  );
});
