import { randomBytes } from 'node:crypto';
import type { ArtifactChanges } from '../../../src/domain/artifacts/artifact-store.js';
import { createKeyedHash } from '../../../src/security/derive-key.js';
import { createSealedBox } from '../../../src/security/sealed-box.js';
import { createArtifactCodec } from '../../../src/storage/postgres/artifact-codec.js';
import { createArtifactRevocation } from '../../../src/storage/postgres/artifact-revocation.js';
import { createAuditChain } from '../../../src/storage/postgres/audit-chain.js';
import { createAuditReader } from '../../../src/storage/postgres/audit-reader.js';
import { createAuditAppender } from '../../../src/storage/postgres/audit-trail.js';
import { createPostgresArtifactStore } from '../../../src/storage/postgres/artifact-store.js';
import { openDatabase, type Database } from '../../../src/storage/postgres/database.js';
import { createFakeClock } from '../../support/fake-clock.js';
import { createTestDatabase } from '../../support/test-database.js';
import { describeArtifactStore } from '../conformance/artifact-store.js';

const NOTHING: ArtifactChanges = {
  consume: undefined,
  remove: [],
  revokeGrants: [],
  insert: [],
  replace: [],
  audit: [],
};

describe('the artifact store over PostgreSQL', () => {
  const clock = createFakeClock();
  const codec = createArtifactCodec(createKeyedHash(randomBytes(32)), createSealedBox(randomBytes(32)));
  const chain = createAuditChain(createKeyedHash(randomBytes(32)));
  const auditLog = createAuditAppender({ chain, clock });
  let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
  let knex: Database;
  let store: ReturnType<typeof open>;

  const open = (connection: Database) => ({
    ...createPostgresArtifactStore({
      knex: connection,
      codec,
      clock,
      clockToleranceSeconds: 10,
      auditLog,
    }),
    ...createArtifactRevocation(connection),
  });

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    knex = openDatabase({ url: testDatabase.url, poolSize: 8, applicationName: 'test' });
    store = open(knex);
  });
  afterAll(async () => {
    await knex.destroy();
    await testDatabase.drop();
  });

  describeArtifactStore(() => ({ store, clock }));

  describe('tells the audit log', () => {
    const audit = (requestId: string): ArtifactChanges['audit'] => [
      {
        origin: { actor: { kind: 'client', id: 'shop' }, requestId },
        entry: { type: 'token.revoked', details: { token_kind: 'RefreshToken' } },
      },
    ];
    const told = async (): Promise<(string | undefined)[]> =>
      (await createAuditReader(knex, chain).list({ limit: 200 })).events.map(({ requestId }) => requestId);
    const code = (id: string) => ({ model: 'DeviceCode' as const, id });
    const write = (id: string) => ({ ...code(id), payload: {}, expiresAt: clock.epochSeconds() + 60 });

    test('in the transaction of the changes, of those units only that were written (S74)', async () => {
      await store.commit({ ...NOTHING, insert: [write('guard')] });
      const outcomes = await Promise.all(
        ['a', 'b', 'c', 'd'].map((name) =>
          store.commit({
            ...NOTHING,
            consume: code('guard'),
            insert: [write(`told-${name}`)],
            audit: audit(name),
          }),
        ),
      );
      const winners = ['a', 'b', 'c', 'd'].filter((_, index) => outcomes[index]?.kind === 'committed');
      expect(winners).toHaveLength(1);
      expect((await told()).filter((name) => name?.length === 1)).toEqual(winners);
      expect(await createAuditReader(knex, chain).verify()).toMatchObject({ intact: true });
    });

    test('also when nothing else is to be written', async () => {
      expect(await store.commit({ ...NOTHING, audit: audit('alone') })).toMatchObject({ kind: 'committed' });
      expect(await told()).toContain('alone');
    });

    test('or changes nothing when it cannot', async () => {
      const mute = createPostgresArtifactStore({
        knex,
        codec,
        clock,
        clockToleranceSeconds: 10,
        auditLog: { append: () => Promise.reject(new Error('the audit log is full')) },
      });
      await store.commit({ ...NOTHING, insert: [write('stays')] });
      const removal = mute.commit({ ...NOTHING, remove: [code('stays')], audit: audit('lost') });
      await expect(removal).rejects.toThrow('the audit log is full');
      expect(await store.find(code('stays'))).toBeDefined();
      expect(await told()).not.toContain('lost');
    });
  });

  test('two processes that use up one artifact at once: one wins', async () => {
    const other = openDatabase({ url: testDatabase.url, poolSize: 4, applicationName: 'test-other' });
    const another = open(other);
    const id = 'code-of-two-processes';
    const expiresAt = clock.epochSeconds() + 60;
    await store.commit({ ...NOTHING, insert: [{ model: 'DeviceCode', id, payload: {}, expiresAt }] });
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        (index % 2 ? another : store).commit({ ...NOTHING, consume: { model: 'DeviceCode', id } }),
      ),
    );
    await other.destroy();
    expect(outcomes.filter(({ kind }) => kind === 'committed')).toHaveLength(1);
  });

  test('one bad write fails alone, its neighbours in the batch are written', async () => {
    const expiresAt = clock.epochSeconds() + 60;
    await store.commit({
      ...NOTHING,
      insert: [{ model: 'Session', id: 'taken', payload: {}, expiresAt, uid: 'u' }],
    });
    const commit = (id: string, uid: string) =>
      store.commit({ ...NOTHING, insert: [{ model: 'Session', id, payload: {}, expiresAt, uid }] });
    // The first occupies the lanes, so that the rest leaves in one batch.
    const results = await Promise.allSettled(
      ['u1', 'u2', 'u3', 'u', 'u5', 'u6'].map((uid, index) => commit(`neighbour-${index}`, uid)),
    );
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(await store.findSessionByUid('u6')).toBeDefined();
  });

  test('keeps ids, payloads, uids and user codes unreadable at rest', async () => {
    const secrets = {
      id: 'a-bearer-value',
      uid: 'a-session-uid',
      userCode: 'WDJBMJHT',
      grantId: 'a-grant-id',
    };
    await store.commit({
      ...NOTHING,
      insert: [
        {
          model: 'DeviceCode',
          ...secrets,
          payload: { jti: secrets.id, nonce: 'a-nonce' },
          expiresAt: clock.epochSeconds() + 60,
        },
      ],
    });
    const { rows }: { rows: { text: string }[] } = await knex.raw(
      `select encode(convert_to(a::text, 'UTF8'), 'escape') || encode(payload, 'escape') || encode(id, 'escape') as text
       from artifacts a`,
    );
    const dump = rows.map(({ text }) => text).join('\n');
    expect(rows.length).toBeGreaterThan(0);
    for (const value of [...Object.values(secrets), 'a-nonce']) expect(dump).not.toContain(value);
  });

  test('refuses a payload that was moved to another row', async () => {
    const expiresAt = clock.epochSeconds() + 60;
    const write = (id: string) => ({
      model: 'ClientCredentials' as const,
      id,
      payload: { jti: id },
      expiresAt,
    });
    await store.commit({ ...NOTHING, insert: [write('row-a'), write('row-b')] });
    await knex.raw(
      'update artifacts set payload = (select payload from artifacts where id = ?) where id = ?',
      [
        codec.rowId({ model: 'ClientCredentials', id: 'row-a' }),
        codec.rowId({ model: 'ClientCredentials', id: 'row-b' }),
      ],
    );
    await expect(store.find({ model: 'ClientCredentials', id: 'row-b' })).rejects.toThrow();
  });
});
