import { checkRedis, unusableRedis, type RedisExamination } from '../../../src/domain/doctor/check-redis.js';

const WELL: RedisExamination = {
  name: 'redis:6379',
  version: '7.2.4',
  evictionPolicy: 'noeviction',
  maxMemory: 1000,
  usedMemory: 900,
  saveFailed: false,
  latencyMs: 0.4,
};

test('servers that can be relied on are told in one line', () => {
  expect(checkRedis([WELL, { ...WELL, version: '7.2.5', latencyMs: 3.2 }])).toEqual([
    {
      code: 'redis.usable',
      severity: 'ok',
      found: 'Redis 7.2.4, 7.2.5 answers within 3 ms, and throws nothing away.',
    },
  ]);
});

test.each<[Partial<RedisExamination>, string, string, RegExp]>([
  [
    { evictionPolicy: 'allkeys-lru', maxMemory: 0 },
    'redis.would_evict',
    'warning',
    /redis:6379 .*allkeys-lru/,
  ],
  [{ saveFailed: true }, 'redis.save_failed', 'error', /could not write to its disk/],
  [{ usedMemory: 901 }, 'redis.memory_short', 'warning', /uses 90 % of its maxmemory/],
  [{ latencyMs: 20.6 }, 'redis.slow', 'warning', /takes 21 ms/],
])('%j is told as %s', (change, code, severity, found) => {
  const findings = checkRedis([WELL, { ...WELL, ...change }]);
  expect(findings).toEqual([
    { code, severity, found: expect.stringMatching(found) as string, remedy: expect.any(String) as string },
  ]);
});

test('one that cannot be used is told with its reason', () => {
  expect(unusableRedis('Nothing listens at redis:6379.')).toMatchObject([
    { code: 'redis.unusable', severity: 'error', found: 'Nothing listens at redis:6379.' },
  ]);
});
