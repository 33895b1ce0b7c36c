import * as jose from 'jose';
import type { SigningAlgorithm, SigningKey } from '../../src/domain/signing-keys/signing-key.js';
import { ArtifactUnits } from '../../src/provider/artifact-units.js';
import { findSubjectToken } from '../../src/provider/subject-tokens.js';
import { createFakeClock } from '../support/fake-clock.js';
import { createInMemoryArtifactStore } from '../support/in-memory-artifact-store.js';

const ISSUER = 'https://id.example.test';
const clock = createFakeClock();
const units = new ArtifactUnits(createInMemoryArtifactStore(clock));
const NO_OPAQUE = { AccessToken: { find: () => Promise.resolve(undefined) } };

async function keyOf(algorithm: SigningAlgorithm) {
  const { privateKey } = await jose.generateKeyPair(algorithm, { extractable: true });
  const key: SigningKey = {
    kid: algorithm,
    algorithm,
    privateJwk: { ...(await jose.exportJWK(privateKey)) },
    createdAt: clock.now(),
    signsFrom: clock.now(),
    retiredAt: undefined,
  };
  return { key, privateKey };
}

async function issued(algorithm: SigningAlgorithm, header: object = {}, claims: object = {}) {
  const { key, privateKey } = await keyOf(algorithm);
  const now = clock.epochSeconds();
  const payload = { iss: ISSUER, jti: 'known', exp: now + 60, client_id: 'app', aud: 'api', ...claims };
  const token = await new jose.SignJWT({ ...payload, scope: 'read write' })
    .setProtectedHeader({ alg: algorithm, kid: algorithm, typ: 'at+jwt', ...header })
    .sign(privateKey);
  return { token, deps: { units, clock, signingKeys: [key], issuer: ISSUER } };
}

beforeEach(async () => {
  await units.alone((unit) => {
    const payload = { accountId: 'ada', grantId: 'grant' };
    unit.upsert({
      model: 'JwtAccessToken',
      id: 'known',
      payload,
      expiresAt: clock.epochSeconds() + 600,
    });
  });
});

test.each(['RS256', 'ES256', 'EdDSA'] as const)(
  'finds a JWT access token signed by %s',
  async (algorithm) => {
    const { token, deps } = await issued(algorithm);
    expect(await findSubjectToken(NO_OPAQUE, token, deps)).toMatchObject({
      accountId: 'ada',
      grantId: 'grant',
      clientId: 'app',
      scopes: new Set(['read', 'write']),
      senderConstrained: false,
    });
  },
);

test('an expired one is not found, although what was kept of it is still there (RFC 9068 §4)', async () => {
  const { token, deps } = await issued('ES256');
  clock.advance(59);
  expect(await findSubjectToken(NO_OPAQUE, token, deps)).toBeDefined();
  clock.advance(1);
  expect(await findSubjectToken(NO_OPAQUE, token, deps)).toBeUndefined();
});

test.each([
  ['another type', { typ: 'JWT' }, {}],
  ['another key', { kid: 'unknown' }, {}],
  ['another issuer', {}, { iss: 'https://elsewhere.example.test' }],
  ['one whose grant has ended', {}, { jti: 'gone' }],
])('%s is not found (RFC 8725 §3)', async (_name, header, claims) => {
  const { token, deps } = await issued('RS256', header, claims);
  expect(await findSubjectToken(NO_OPAQUE, token, deps)).toBeUndefined();
});

test('one that is bound to a key is told as such (RFC 9449 §6.1)', async () => {
  const { token, deps } = await issued('EdDSA', {}, { cnf: { jkt: 'thumbprint' } });
  expect(await findSubjectToken(NO_OPAQUE, token, deps)).toMatchObject({ senderConstrained: true });
});
