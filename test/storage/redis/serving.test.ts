import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { silentLogger } from '../../../src/observability/logger.js';
import { openRedis } from '../../../src/storage/redis/open-redis.js';
import { createRedisRateLimit } from '../../../src/storage/redis/rate-limit.js';
import { redisAddress } from '../../../src/storage/redis/redis-address.js';
import { redisScript, type Redis } from '../../../src/storage/redis/redis.js';
import { createFakeClock } from '../../support/fake-clock.js';
import { describeWithRedis, startRedis, type RedisServer } from '../../support/redis-server.js';
import { standStill } from '../../support/stand-still.js';

const hello = redisScript("return 'hello'");

const answers = (redis: Redis): Promise<boolean> =>
  redis.ping().then(
    () => true,
    () => false,
  );

/** The way to a server, on which a connection can be lost without a word, as in a network that is cut. */
async function startWay(port: number) {
  const ends = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const end of [near, far]) {
      ends.add(end);
      end.on('error', () => undefined);
    }
    near.pipe(far).pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    /** What is connected hears nothing more. */
    fallSilent(): void {
      for (const end of ends) end.unpipe().pause();
    },
    async stop(): Promise<void> {
      for (const end of ends) end.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

describeWithRedis('a Redis that serves', () => {
  let server: RedisServer;
  let redis: Redis;
  beforeAll(async () => {
    server = await startRedis(['--maxmemory', '2mb', '--maxmemory-policy', 'noeviction']);
    redis = await openRedis(redisAddress(server.url), silentLogger);
  });
  afterAll(async () => {
    await redis.close();
    await server.stop();
  });

  test('a full memory is told as a storage that is away (S77)', async () => {
    const write = redisScript(`return redis.call('SET', KEYS[1], ARGV[1])`);
    const fill = async (): Promise<void> => {
      for (let index = 0; index < 50; index += 1)
        await redis.run(write, `filler:${index}`, [Buffer.alloc(100_000)]);
    };
    await expect(fill()).rejects.toMatchObject({ code: 'storage_unavailable' });
    for (let index = 0; index < 50; index += 1) await redis.remove(`filler:${index}`);
    await expect(redis.run(write, 'fits', ['again'])).resolves.toBeDefined();
  });

  test('no more commands wait than may (S77)', async () => {
    const small = await openRedis(redisAddress(server.url), silentLogger, { maxWaiting: 5 });
    const answers = await Promise.allSettled(Array.from({ length: 8 }, () => small.ping()));
    expect(answers.map(({ status }) => status)).toEqual([
      ...Array<string>(5).fill('fulfilled'),
      ...Array<string>(3).fill('rejected'),
    ]);
    expect(answers[7]).toMatchObject({ reason: { code: 'overloaded' } });
    await expect(small.ping()).resolves.toBeUndefined();
    await small.close();
  });

  test('what was answered while this process stood still is no failure', async () => {
    const answers = Array.from({ length: 20 }, () => redis.run(hello, 'any', []));
    // Until all are on their way.
    await new Promise(setImmediate);
    standStill(2_200);
    await expect(Promise.all(answers)).resolves.toEqual(Array(20).fill(Buffer.from('hello')));
  });

  test('a connection that has become silent is given up, and made anew', async () => {
    const way = await startWay(server.port);
    const away = await openRedis(redisAddress(`redis://127.0.0.1:${way.port}`), silentLogger, {
      silenceMs: 300,
    });
    way.fallSilent();
    await expect(away.ping()).rejects.toMatchObject({ code: 'storage_unavailable' });
    while (!(await answers(away))) await delay(20);
    await away.close();
    await way.stop();
  });

  test('requests of the API are counted for all processes, window by window', async () => {
    const clock = createFakeClock();
    const limitOf = (each: Redis) =>
      createRedisRateLimit(each, {
        quota: 10,
        clock,
        hash: (text) => Buffer.from(text),
        meanwhile: { count: () => ({ left: 7, reset: 30 }) },
      });
    const other = await openRedis(redisAddress(server.url), silentLogger);
    const limits = [limitOf(redis), limitOf(other)];
    const counts = await Promise.all(
      limits.flatMap((limit) => [1, 2, 3, 4, 5, 6].map(() => limit.count('ada'))),
    );
    expect(counts.map(({ left }) => left).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 12 }, (_, index) => index - 2),
    );
    expect(counts[0]?.reset).toBe(60);
    expect((await limitOf(other).count('bob')).left).toBe(9);
    clock.advance(60);
    expect((await limitOf(redis).count('ada')).left).toBe(9);
    await other.close();
    // A Redis that is away keeps nobody from the API.
    expect(await limitOf(other).count('ada')).toEqual({ left: 7, reset: 30 });
  });
});
