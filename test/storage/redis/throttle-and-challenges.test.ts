import { randomBytes } from 'node:crypto';
import type { LoginAttempt } from '../../../src/domain/accounts/login-throttle.js';
import { silentLogger } from '../../../src/observability/logger.js';
import { createKeyedHash } from '../../../src/security/derive-key.js';
import { createRedisLoginThrottle } from '../../../src/storage/redis/login-throttle.js';
import { openRedis } from '../../../src/storage/redis/open-redis.js';
import { redisAddress } from '../../../src/storage/redis/redis-address.js';
import { createRedisPasskeyChallengeStore } from '../../../src/storage/redis/passkey-challenge-store.js';
import type { Redis } from '../../../src/storage/redis/redis.js';
import { describeWithRedis, startRedis, startRedisCluster } from '../../support/redis-server.js';
import { describeLoginThrottle } from '../conformance/login-throttle.js';
import { describePasskeyChallengeStore } from '../conformance/passkey-challenge-store.js';

/** One that has counted nothing: its key names everybody anew. */
const createThrottle = (redis: Redis) =>
  createRedisLoginThrottle({ redis, hash: createKeyedHash(randomBytes(32)) });

describeWithRedis('the login throttle and the challenges of passkeys in Redis', () => {
  describe.each([
    ['on one server', () => startRedis()],
    ['on a Cluster of three nodes', () => startRedisCluster()],
  ])('%s', (_, start) => {
    let server: Awaited<ReturnType<typeof start>>;
    let redis: Redis;

    beforeAll(async () => {
      server = await start();
      redis = await openRedis(redisAddress(server.url), silentLogger);
    });
    afterAll(async () => {
      await redis.close();
      await server.stop();
    });

    describeLoginThrottle(() => Promise.resolve(createThrottle(redis)));
    describePasskeyChallengeStore(() => createRedisPasskeyChallengeStore(redis));

    test('counts for two processes together', async () => {
      const other = await openRedis(redisAddress(server.url), silentLogger);
      const hash = createKeyedHash(randomBytes(32));
      const mine = createRedisLoginThrottle({ redis, hash });
      const theirs = createRedisLoginThrottle({ redis: other, hash });
      const attempt: LoginAttempt = { subject: 'account:1', network: '192.0.2.1', at: new Date() };
      const waits = await Promise.all(
        Array.from({ length: 60 }, (_each, index) => (index % 2 ? mine : theirs).count(attempt)),
      );
      await other.close();
      expect(waits.filter((wait) => wait === undefined)).toHaveLength(10);
    });
  });

  test('keeps no name and no address in clear, and nothing for ever', async () => {
    const server = await startRedis();
    const redis = await openRedis(redisAddress(server.url), silentLogger);
    const throttle = createThrottle(redis);
    const secret = { subject: 'login:my password typed by mistake', network: '192.0.2.1', at: new Date() };
    await throttle.count(secret);
    await throttle.succeed(secret);
    await throttle.count(secret);
    const entries = await server.entries();
    await redis.close();
    await server.stop();
    expect(entries.map(({ key }) => key)).toEqual(
      Array(2).fill(expect.stringMatching(/^latchkey:login:[\w-]{43}$/)),
    );
    expect(JSON.stringify(entries)).not.toMatch(/password|192\.0/);
    for (const { ttlMs } of entries) expect(ttlMs).toBeGreaterThan(0);
  });
});
