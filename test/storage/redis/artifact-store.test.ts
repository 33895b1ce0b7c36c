import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { newAccountId } from '../../../src/domain/accounts/account-id.js';
import type { ArtifactWrite } from '../../../src/domain/artifacts/artifact.js';
import type { ArtifactChanges, ArtifactStore } from '../../../src/domain/artifacts/artifact-store.js';
import { DomainError } from '../../../src/domain/errors.js';
import { createKeyedHash } from '../../../src/security/derive-key.js';
import { createSealedBox } from '../../../src/security/sealed-box.js';
import { silentLogger } from '../../../src/observability/logger.js';
import { createArtifactCodec } from '../../../src/storage/postgres/artifact-codec.js';
import { createArtifactContexts } from '../../../src/storage/postgres/artifact-context.js';
import { createArtifactRevocation } from '../../../src/storage/postgres/artifact-revocation.js';
import { createPostgresArtifactStore } from '../../../src/storage/postgres/artifact-store.js';
import { createAuditChain } from '../../../src/storage/postgres/audit-chain.js';
import { createAuditAppender } from '../../../src/storage/postgres/audit-trail.js';
import { openDatabase, type Database } from '../../../src/storage/postgres/database.js';
import { createRedisArtifactStore } from '../../../src/storage/redis/artifact-store.js';
import { openRedis } from '../../../src/storage/redis/open-redis.js';
import type { Redis } from '../../../src/storage/redis/redis.js';
import { redisAddress } from '../../../src/storage/redis/redis-address.js';
import { createFakeClock } from '../../support/fake-clock.js';
import { describeWithRedis, startRedis, startRedisCluster } from '../../support/redis-server.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';
import { describeArtifactStore } from '../conformance/artifact-store.js';

const NOTHING: ArtifactChanges = {
  consume: undefined,
  remove: [],
  revokeGrants: [],
  insert: [],
  replace: [],
  audit: [],
};

const clock = createFakeClock();
const codec = createArtifactCodec(createKeyedHash(randomBytes(32)), createSealedBox(randomBytes(32)));
const auditLog = createAuditAppender({ chain: createAuditChain(createKeyedHash(randomBytes(32))), clock });
const clockToleranceSeconds = 10;

let database: TestDatabase;
let knex: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  knex = openDatabase({ url: database.url, poolSize: 8, applicationName: 'test' });
});
afterAll(async () => {
  await knex.destroy();
  await database.drop();
});

/** The store as a deployment has it. @param part replaces something of what it has of PostgreSQL */
function openStore(redis: Redis, part: Partial<ArtifactStore> = {}) {
  const postgres = createPostgresArtifactStore({ knex, codec, clock, clockToleranceSeconds, auditLog });
  const durable = { ...postgres, ...part };
  const contexts = createArtifactContexts(knex, codec);
  return {
    ...createRedisArtifactStore({ redis, durable, contexts, codec, clock, clockToleranceSeconds }),
    ...createArtifactRevocation(knex),
    purgeExpired: (limit: number) => postgres.purgeExpired(limit),
  };
}

async function openOn(url: string) {
  const redis = await openRedis(redisAddress(url), silentLogger);
  return { store: openStore(redis), close: () => redis.close(), ping: () => redis.ping() };
}

/** It connects again by itself, after pauses; there is no event to wait for. */
async function untilItAnswers(ping: () => Promise<void>): Promise<void> {
  for (;;) {
    const answers = await ping().then(
      () => true,
      () => false,
    );
    if (answers) return;
    await delay(20);
  }
}

describeWithRedis('the artifact store with its short-lived part in Redis', () => {
  describe.each([
    ['on one server', () => startRedis()],
    ['on a Cluster of three nodes', () => startRedisCluster()],
  ])('%s', (_, start) => {
    let server: Awaited<ReturnType<typeof start>>;
    let redis: Redis;
    let store: ReturnType<typeof openStore>;

    const open = (part: Partial<ArtifactStore>) => openStore(redis, part);

    beforeAll(async () => {
      server = await start();
      redis = await openRedis(redisAddress(server.url), silentLogger);
      store = openStore(redis);
    });
    afterAll(async () => {
      await redis.close();
      await server.stop();
    });

    describe('for what is in PostgreSQL', () => {
      describeArtifactStore(() => ({ store, clock }));
    });

    describe('for what is in Redis', () => {
      describeArtifactStore(() => ({ store, clock }), {
        plain: 'Interaction',
        guard: 'PushedAuthorizationRequest',
        ofGrant: 'JwtAccessToken',
        unique: 'PushedAuthorizationRequest',
        removedAtOnce: 2,
      });
    });

    describe('for requests that are both in PostgreSQL and in Redis', () => {
      describeArtifactStore(() => ({ store, clock }), {
        plain: 'RefreshToken',
        guard: 'PushedAuthorizationRequest',
        ofGrant: 'JwtAccessToken',
        unique: 'ReplayDetection',
        removedAtOnce: 2,
      });
      describeArtifactStore(() => ({ store, clock }), {
        plain: 'Interaction',
        guard: 'AuthorizationCode',
        ofGrant: 'JwtAccessToken',
        unique: 'ReplayDetection',
        removedAtOnce: 2,
      });
    });

    describe('what is in Redis', () => {
      const interaction = (id: string, more: Partial<ArtifactWrite> = {}): ArtifactWrite => ({
        model: 'Interaction',
        id,
        payload: { jti: id },
        expiresAt: clock.epochSeconds() + 60,
        ...more,
      });
      const key = (id: string) => ({ model: 'Interaction' as const, id });
      const request = (id: string) => ({ model: 'PushedAuthorizationRequest' as const, id });

      test('ends with a revocation of its account (S39)', async () => {
        const [ada, bob] = [newAccountId(new Date()), newAccountId(new Date())];
        await store.commit({
          ...NOTHING,
          insert: [
            interaction('of-ada', { accountId: ada }),
            interaction('kept-by-ada', { accountId: ada }),
            interaction('of-bob', { accountId: bob }),
            interaction('of-nobody'),
          ],
        });
        await store.revokeAccount(ada, undefined, codec.rowId(key('kept-by-ada')).toString('base64url'));
        const found = async (id: string) => (await store.find(key(id))) !== undefined;
        expect(await found('of-ada')).toBe(false);
        expect(await found('kept-by-ada')).toBe(true);
        expect(await found('of-bob')).toBe(true);
        expect(await found('of-nobody')).toBe(true);

        const goesOn = { ...interaction('kept-by-ada', { accountId: ada }), foundId: 'kept-by-ada' };
        const late = { ...interaction('of-ada', { accountId: ada }), foundId: 'of-ada' };
        const replace = [goesOn, late].map((write) => ({ ...write, foundVersion: undefined }));
        expect(await store.commit({ ...NOTHING, replace })).toEqual({
          kind: 'committed',
          outdated: [replace[1]],
        });
        expect(await found('of-ada')).toBe(false);

        await store.commit({ ...NOTHING, insert: [interaction('ada-again', { accountId: ada })] });
        expect(await found('ada-again')).toBe(true);
        // What went on has seen the first revocation, and not the second.
        await store.revokeAccount(ada);
        expect(await found('kept-by-ada')).toBe(false);
        expect(await found('ada-again')).toBe(false);

        await store.commit({ ...NOTHING, insert: [interaction('ada-once-more', { accountId: ada })] });
        await store.revokeEverything();
        expect(await found('ada-once-more')).toBe(false);
        expect(await found('of-bob')).toBe(false);
        expect(await found('of-nobody')).toBe(true);
        await store.commit({ ...NOTHING, insert: [interaction('bob-again', { accountId: bob })] });
        expect(await found('bob-again')).toBe(true);
      });

      test('ends with a revocation of its client, where it is of one', async () => {
        const ofClient = (id: string, clientId: string): ArtifactWrite => ({
          ...interaction(id, { clientId }),
          model: 'JwtAccessToken',
        });
        const found = async (id: string) => (await store.find({ model: 'JwtAccessToken', id })) !== undefined;
        await store.commit({
          ...NOTHING,
          insert: [ofClient('of-worker', 'worker'), ofClient('of-other', 'other')],
        });
        await store.revokeClient('worker');
        expect(await found('of-worker')).toBe(false);
        expect(await found('of-other')).toBe(true);
        await store.commit({ ...NOTHING, insert: [ofClient('of-worker-again', 'worker')] });
        expect(await found('of-worker-again')).toBe(true);
        await store.revokeEverything();
        expect(await found('of-worker-again')).toBe(false);
        expect(await found('of-other')).toBe(false);
      });

      test('stays ended when it is written in the moment of the revocation', async () => {
        const account = newAccountId(new Date());
        const ids = Array.from({ length: 20 }, (_each, index) => `racing-${index}`);
        const writes = ids.map((id) => interaction(id, { accountId: account }));
        await store.commit({ ...NOTHING, insert: writes });
        const replacements = writes.map((write) => ({
          ...write,
          foundId: write.id,
          foundVersion: undefined,
        }));
        await Promise.all([
          ...replacements.slice(0, 10).map((each) => store.commit({ ...NOTHING, replace: [each] })),
          store.revokeAccount(account),
          ...replacements.slice(10).map((each) => store.commit({ ...NOTHING, replace: [each] })),
        ]);
        expect(await Promise.all(ids.map((id) => store.find(key(id))))).toEqual(ids.map(() => undefined));
      });

      test('is as it was when PostgreSQL does not take its part (S4)', async () => {
        const failing = open({ commit: () => Promise.reject(new Error('the database is away')) });
        await store.commit({
          ...NOTHING,
          insert: [{ ...interaction('guard'), ...request('guard') }, interaction('stays')],
        });
        const commit = (each: ArtifactStore) =>
          each.commit({
            ...NOTHING,
            consume: request('guard'),
            insert: [interaction('added'), { ...interaction('session'), model: 'Session', uid: 'its-uid' }],
            replace: [
              { ...interaction('stays', { payload: { n: 1 } }), foundId: 'stays', foundVersion: undefined },
            ],
          });
        await expect(commit(failing)).rejects.toThrow('the database is away');
        expect(await store.find(key('added'))).toBeUndefined();
        expect((await store.find(key('stays')))?.payload).toEqual({ jti: 'stays' });
        expect((await store.find(request('guard')))?.consumedAt).toBeUndefined();
        // So the same request succeeds when it is sent again.
        expect(await commit(store)).toEqual({ kind: 'committed', outdated: [] });
        expect((await store.find(key('stays')))?.payload).toEqual({ n: 1 });
      });

      test('is what the winner wrote, when many write under one id (S1)', async () => {
        const guard = { model: 'AuthorizationCode' as const, id: 'one-for-many' };
        await store.commit({ ...NOTHING, insert: [{ ...interaction(''), ...guard }] });
        const outcomes = await Promise.all(
          Array.from({ length: 20 }, (_each, n) =>
            store.commit({ ...NOTHING, consume: guard, insert: [interaction('common', { payload: { n } })] }),
          ),
        );
        const winner = outcomes.findIndex(({ kind }) => kind === 'committed');
        expect((await store.find(key('common')))?.payload).toEqual({ n: winner });
      });

      test('is unreadable, bound to its place, and stays for no longer than it counts (S6)', async () => {
        const secrets = { id: 'a-bearer-value', grantId: 'a-grant-id', sessionUid: 'a-session-uid' };
        await store.commit({
          ...NOTHING,
          insert: [
            {
              ...interaction('unused', { payload: { jti: secrets.id, cookie: 'a-cookie' } }),
              ...secrets,
              model: 'JwtAccessToken',
            },
          ],
        });
        const entries = await server.entries();
        const text = entries.map(({ key: name, values }) => [name, ...values.map(String)].join()).join();
        for (const value of [...Object.values(secrets), 'a-cookie']) expect(text).not.toContain(value);
        expect(entries.length).toBeGreaterThan(2);
        for (const { key: name, ttlMs } of entries) {
          expect(name).toMatch(/^latchkey:(artifact|grant):[\w-]{43}$/);
          expect(ttlMs).toBeGreaterThan(0);
          expect(ttlMs).toBeLessThanOrEqual(70_000);
        }
      });
    });
  });

  describe('a server that was killed', () => {
    test('forgets nothing on its disk, and what is there does not count any more', async () => {
      const server = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always']);
      const { store, close, ping } = await openOn(server.url);
      const id = 'of-the-life-before';
      const guard = { model: 'PushedAuthorizationRequest' as const, id };
      const write: ArtifactWrite = { ...guard, payload: { jti: id }, expiresAt: undefined };
      await store.commit({ ...NOTHING, insert: [write] });
      expect(await store.find(guard)).toBeDefined();

      await server.kill9();
      await expect(store.find(guard)).rejects.toMatchObject({ code: 'storage_unavailable' });
      await expect(store.commit({ ...NOTHING, consume: guard })).rejects.toMatchObject({
        code: 'storage_unavailable',
      });
      // Nothing of a request whose part in Redis fails is written in PostgreSQL either (S4).
      const code = { model: 'AuthorizationCode' as const, id: 'honest' };
      await store.commit({ ...NOTHING, insert: [{ ...write, ...code }] });
      const yields = { ...write, model: 'JwtAccessToken' as const };
      await expect(store.commit({ ...NOTHING, consume: code, insert: [yields] })).rejects.toMatchObject({
        code: 'storage_unavailable',
      });
      expect((await store.find(code))?.consumedAt).toBeUndefined();

      await server.restart();
      await untilItAnswers(ping);
      expect(await server.entries()).toHaveLength(1);
      // It may have been used up or removed after what came to the disk.
      expect(await store.find(guard)).toBeUndefined();
      expect(await store.commit({ ...NOTHING, consume: guard })).toEqual({ kind: 'already_consumed' });
      const late = { ...write, foundId: id, foundVersion: undefined };
      expect(await store.commit({ ...NOTHING, replace: [late] })).toMatchObject({ outdated: [late] });
      expect(await store.insertUnique(write)).toBe(true);
      expect(await store.commit({ ...NOTHING, consume: guard })).toMatchObject({ kind: 'committed' });
      await close();
      await server.stop();
    });

    test('of a Cluster takes its part with it, and the rest goes on', async () => {
      const cluster = await startRedisCluster({ settings: ['--cluster-require-full-coverage', 'no'] });
      const { store, close } = await openOn(cluster.url);
      const keys = Array.from({ length: 30 }, (_, index) => ({
        model: 'Interaction' as const,
        id: `somewhere-${index}`,
      }));
      const expiresAt = undefined;
      await store.commit({ ...NOTHING, insert: keys.map((key) => ({ ...key, payload: {}, expiresAt })) });
      await cluster.nodes[0]?.kill9();
      const outcomes = await Promise.all(
        keys.map((key) =>
          store.find(key).then(
            (found) => (found ? 'found' : 'lost'),
            (error: unknown) => (error instanceof DomainError ? error.code : String(error)),
          ),
        ),
      );
      expect(new Set(outcomes)).toEqual(new Set(['found', 'storage_unavailable']));
      await close();
      await cluster.stop();
    });
  });
});
