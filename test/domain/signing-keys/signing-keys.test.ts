import { randomBytes } from 'node:crypto';
import { ensureSigningKeys } from '../../../src/domain/signing-keys/ensure-signing-keys.js';
import { rotateSigningKeys } from '../../../src/domain/signing-keys/rotate-signing-keys.js';
import type { UnitOfWork } from '../../../src/domain/unit-of-work.js';
import { toJwks } from '../../../src/provider/jwks.js';
import { createSealedBox } from '../../../src/security/sealed-box.js';
import { signingKeyGenerator } from '../../../src/security/signing-key-generator.js';
import { openDatabase, type Database } from '../../../src/storage/postgres/database.js';
import { createSigningKeyStore } from '../../../src/storage/postgres/signing-key-store.js';
import { createFakeClock } from '../../support/fake-clock.js';
import { createRecordingAuditTrail } from '../../support/recording-audit-trail.js';
import { createTestDatabase } from '../../support/test-database.js';

describe('signing keys', () => {
  const clock = createFakeClock();
  const sealer = createSealedBox(randomBytes(32));
  let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
  let knex: Database;
  const audit = createRecordingAuditTrail();
  const unitOfWork: UnitOfWork<'signingKeys' | 'audit'> = {
    run: (work) =>
      knex.transaction((transaction) =>
        work({ signingKeys: createSigningKeyStore(transaction, sealer), audit }),
      ),
  };
  const deps = { unitOfWork, signingKeyGenerator, clock };

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
  });

  test('are made once, whoever starts at the same time', async () => {
    const [one, other] = await Promise.all([ensureSigningKeys(deps), ensureSigningKeys(deps)]);
    expect(one.map(({ algorithm }) => algorithm).sort()).toEqual(['ES256', 'EdDSA', 'RS256']);
    expect(other.map(({ kid }) => kid).sort()).toEqual(one.map(({ kid }) => kid).sort());
  });

  test('stay published after a rotation, behind the ones that sign now', async () => {
    const before = await ensureSigningKeys(deps);
    clock.advance(60);
    const made = await rotateSigningKeys(deps, ['ES256']);
    const keys = await createSigningKeyStore(knex, sealer).list();
    const es256 = toJwks(keys).keys.filter(({ alg }) => alg === 'ES256');
    expect(es256.map(({ kid }) => kid)).toEqual([
      made[0]?.kid,
      before.find(({ algorithm }) => algorithm === 'ES256')?.kid,
    ]);
    expect(keys).toHaveLength(4);
    expect(await ensureSigningKeys(deps)).toHaveLength(4);
  });

  test('of two rotations at once, one key signs in the end', async () => {
    await ensureSigningKeys(deps);
    await Promise.all([rotateSigningKeys(deps, ['EdDSA']), rotateSigningKeys(deps, ['EdDSA'])]);
    const keys = await createSigningKeyStore(knex, sealer).list();
    expect(keys.filter(({ algorithm, retiredAt }) => algorithm === 'EdDSA' && !retiredAt)).toHaveLength(1);
  });

  test('are sealed at rest, each under its own id', async () => {
    const [key] = await ensureSigningKeys(deps);
    const rows = await knex<{ kid: string; sealed_private_jwk: Buffer }>('signing_keys').select();
    for (const row of rows) {
      expect(row.sealed_private_jwk.includes(Buffer.from('"d"'))).toBe(false);
      expect(row.sealed_private_jwk.includes(Buffer.from(key?.privateJwk.d ?? ''))).toBe(false);
    }
    await knex('signing_keys')
      .where({ kid: rows[0]?.kid })
      .update({ sealed_private_jwk: rows[1]?.sealed_private_jwk });
    await expect(createSigningKeyStore(knex, sealer).list()).rejects.toThrow();
  });
});
