import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { ensureSigningKeys } from '../../../src/domain/signing-keys/ensure-signing-keys.js';
import { importSigningKey } from '../../../src/domain/signing-keys/import-signing-key.js';
import { maintainSigningKeys } from '../../../src/domain/signing-keys/maintain-signing-keys.js';
import { removeSigningKey } from '../../../src/domain/signing-keys/remove-signing-key.js';
import { rotateSigningKeys } from '../../../src/domain/signing-keys/rotate-signing-keys.js';
import {
  nextKeyChange,
  signingKeyStatus,
  type SigningKeyPlan,
} from '../../../src/domain/signing-keys/signing-key.js';
import type { UnitOfWork } from '../../../src/domain/unit-of-work.js';
import { toJwks } from '../../../src/provider/jwks.js';
import { createSealedBox } from '../../../src/security/sealed-box.js';
import { signingKeyGenerator } from '../../../src/security/signing-key-generator.js';
import { signingKeyReader } from '../../../src/security/signing-key-reader.js';
import { openDatabase, type Database } from '../../../src/storage/postgres/database.js';
import { createSigningKeyStore } from '../../../src/storage/postgres/signing-key-store.js';
import { createFakeClock } from '../../support/fake-clock.js';
import { createRecordingAuditTrail } from '../../support/recording-audit-trail.js';
import { createTestDatabase } from '../../support/test-database.js';

const DAY = 24 * 60 * 60;
const PLAN: SigningKeyPlan = { publishSeconds: 3_600, rotationSeconds: 90 * DAY, retentionSeconds: DAY };

const sealer = createSealedBox(randomBytes(32));
let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let knex: Database;
let clock: ReturnType<typeof createFakeClock>;
let audit: ReturnType<typeof createRecordingAuditTrail>;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  knex = openDatabase({ url: testDatabase.url, poolSize: 8, applicationName: 'test' });
});
afterAll(async () => {
  await knex.destroy();
  await testDatabase.drop();
});
beforeEach(async () => {
  await knex('signing_keys').delete();
  clock = createFakeClock();
  audit = createRecordingAuditTrail();
});

function depsWith(plan: Partial<SigningKeyPlan> = {}) {
  const unitOfWork: UnitOfWork<'signingKeys' | 'audit'> = {
    run: (work) =>
      knex.transaction((transaction) =>
        work({ signingKeys: createSigningKeyStore(transaction, sealer), audit }),
      ),
  };
  return { unitOfWork, signingKeyGenerator, signingKeyReader, clock, signingKeyPlan: { ...PLAN, ...plan } };
}

const list = () => createSigningKeyStore(knex, sealer).list();
const published = async (algorithm: string) =>
  toJwks(await list(), clock.now()).keys.flatMap(({ alg, kid }) => (alg === algorithm ? [kid] : []));
const es256 = async () => (await list()).find(({ algorithm }) => algorithm === 'ES256')?.kid;

describe('the first keys', () => {
  test('are made once, whoever starts at the same time, and sign at once', async () => {
    const deps = depsWith();
    const [one, other] = await Promise.all([ensureSigningKeys(deps), ensureSigningKeys(deps)]);
    expect(one.map(({ algorithm }) => algorithm).sort()).toEqual(['ES256', 'EdDSA', 'RS256']);
    expect(other.map(({ kid }) => kid).sort()).toEqual(one.map(({ kid }) => kid).sort());
    expect(one.map((key) => signingKeyStatus(key, clock.now()))).toEqual(['signing', 'signing', 'signing']);
  });

  test('are sealed at rest, each under its own id (ASVS 5.0 V11.1.1)', async () => {
    const [key] = await ensureSigningKeys(depsWith());
    const rows = await knex<{ kid: string; sealed_private_jwk: Buffer }>('signing_keys').select();
    for (const row of rows) {
      expect(row.sealed_private_jwk.includes(Buffer.from('"d"'))).toBe(false);
      expect(row.sealed_private_jwk.includes(Buffer.from(key?.privateJwk.d ?? ''))).toBe(false);
    }
    await knex('signing_keys')
      .where({ kid: rows[0]?.kid })
      .update({ sealed_private_jwk: rows[1]?.sealed_private_jwk });
    await expect(list()).rejects.toThrow();
  });
});

describe('a rotation', () => {
  test('publishes the new key before it signs, and the old one after it has signed (S14)', async () => {
    const deps = depsWith();
    await ensureSigningKeys(deps);
    const old = await es256();
    const [made] = await rotateSigningKeys(deps, { algorithms: ['ES256'] });
    expect(await published('ES256')).toEqual([old, made?.kid]);
    expect(nextKeyChange(await list(), clock.now())).toEqual(made?.signsFrom);

    clock.advance(PLAN.publishSeconds - 1);
    expect(await published('ES256')).toEqual([old, made?.kid]);
    clock.advance(1);
    expect(await published('ES256')).toEqual([made?.kid, old]);
    expect(nextKeyChange(await list(), clock.now())).toBeUndefined();
    // Nothing is missing meanwhile.
    expect(await ensureSigningKeys(deps)).toHaveLength(4);
  });

  test('is refused while another is under way, also of two at once', async () => {
    const deps = depsWith();
    await ensureSigningKeys(deps);
    const outcomes = await Promise.allSettled([
      rotateSigningKeys(deps, { algorithms: ['EdDSA'] }),
      rotateSigningKeys(deps, { algorithms: ['EdDSA'] }),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(rotateSigningKeys(deps, { algorithms: ['EdDSA'] })).rejects.toMatchObject({
      code: 'rotation_pending',
    });
    expect(await published('EdDSA')).toHaveLength(2);
    clock.advance(PLAN.publishSeconds);
    await rotateSigningKeys(deps, { algorithms: ['EdDSA'] });
    expect(await published('EdDSA')).toHaveLength(3);
  });

  test('at once takes the key that waits, or a new one', async () => {
    const deps = depsWith();
    await ensureSigningKeys(deps);
    const old = await es256();
    const [waiting] = await rotateSigningKeys(deps, { algorithms: ['ES256'] });
    const [now] = await rotateSigningKeys(deps, { algorithms: ['ES256'], immediately: true });
    expect(now?.kid).toBe(waiting?.kid);
    expect(await published('ES256')).toEqual([now?.kid, old]);
    const [another] = await rotateSigningKeys(deps, { algorithms: ['ES256'], immediately: true });
    expect((await published('ES256'))[0]).toBe(another?.kid);
    expect((await list()).filter((key) => signingKeyStatus(key, clock.now()) === 'signing')).toHaveLength(3);
  });
});

describe('time', () => {
  test('replaces a key that has signed for long enough, and removes it when nothing hangs on it any more', async () => {
    const deps = depsWith();
    await ensureSigningKeys(deps);
    const old = await es256();
    expect(await maintainSigningKeys(deps)).toBe(false);
    clock.advance(90 * DAY);
    // Every instance does it; one of them is enough.
    const done = await Promise.all([1, 2, 3].map(() => maintainSigningKeys(deps)));
    expect(done).toContain(true);
    expect(await list()).toHaveLength(6);
    expect((await published('ES256'))[0]).toBe(old);

    clock.advance(PLAN.publishSeconds);
    expect(await maintainSigningKeys(deps)).toBe(false);
    expect(await published('ES256')).toHaveLength(2);
    expect((await published('ES256'))[0]).not.toBe(old);
    clock.advance(PLAN.retentionSeconds - 1);
    expect(await maintainSigningKeys(deps)).toBe(false);
    clock.advance(1);
    expect(await maintainSigningKeys(deps)).toBe(true);
    expect(await published('ES256')).toHaveLength(1);
    expect(await published('ES256')).not.toContain(old);
    expect(audit.entries.filter(({ type }) => type === 'signing_key.removed')).toHaveLength(3);
  });

  test('replaces nothing where rotation is by command only', async () => {
    const deps = depsWith({ rotationSeconds: undefined });
    await ensureSigningKeys(deps);
    clock.advance(1_000 * DAY);
    expect(await maintainSigningKeys(deps)).toBe(false);
  });
});

describe('removing a key', () => {
  test('withdraws a retired one at once, and keeps the ones that are needed', async () => {
    const deps = depsWith();
    await ensureSigningKeys(deps);
    const old = (await es256()) ?? '';
    await expect(removeSigningKey(deps, old)).rejects.toMatchObject({ code: 'signing_key_in_use' });
    const [waiting] = await rotateSigningKeys(deps, { algorithms: ['ES256'] });
    await expect(removeSigningKey(deps, waiting?.kid ?? '')).rejects.toMatchObject({
      code: 'signing_key_in_use',
    });
    await rotateSigningKeys(deps, { algorithms: ['ES256'], immediately: true });
    await removeSigningKey(deps, old);
    expect(await published('ES256')).toEqual([waiting?.kid]);
    await expect(removeSigningKey(deps, old)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('importing a key', () => {
  const jwkOf = (type: 'p256' | 'rsa' | 'weak') =>
    (type === 'p256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: type === 'weak' ? 1024 : 2048 })
    ).privateKey.export({ format: 'jwk' });

  test('has it sign after it was published, under the name that applications know', async () => {
    const deps = depsWith();
    await ensureSigningKeys(deps);
    const old = await es256();
    const key = await importSigningKey(deps, { jwk: { ...jwkOf('p256'), kid: 'from-before', alg: 'ES256' } });
    expect(key).toMatchObject({ kid: 'from-before', algorithm: 'ES256' });
    expect(await published('ES256')).toEqual([old, 'from-before']);
    clock.advance(PLAN.publishSeconds);
    expect(await published('ES256')).toEqual(['from-before', old]);
    await expect(
      importSigningKey(deps, { jwk: { ...jwkOf('p256'), kid: 'from-before' } }),
    ).rejects.toMatchObject({ code: 'signing_key_exists' });
  });

  test('to verify only, it never signs', async () => {
    const deps = depsWith();
    await ensureSigningKeys(deps);
    const old = (await published('RS256'))[0];
    const { kid } = await importSigningKey(deps, { jwk: jwkOf('rsa'), toVerify: true });
    expect(await published('RS256')).toEqual([old, kid]);
    clock.advance(PLAN.publishSeconds);
    expect((await published('RS256'))[0]).toBe(old);
  });

  test.each([
    ['no key', { kty: 'RSA' }, /not a private key/],
    ['a public key', generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }), /not a private key/],
    ['a weak key', jwkOf('weak'), /1024 bits/],
    [
      'another curve',
      generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ format: 'jwk' }),
      /Keys of this kind/,
    ],
    ['another algorithm', { ...jwkOf('rsa'), alg: 'PS256' }, /"PS256"/],
  ])('refuses %s, telling why', async (_what, jwk, message) => {
    await expect(importSigningKey(depsWith(), { jwk })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(message) as string,
    });
    expect(await list()).toEqual([]);
  });
});
