import type { Redis as SingleRedis } from 'ioredis';
import { nodeName, readInfo, versionIn } from './examine-node.js';
import { redisScript } from './redis.js';
import type { RedisAddress } from './redis-address.js';
import { RedisRefusedError } from './redis-failure.js';

/** The oldest that the scripts were made for. */
const OLDEST = [6, 2] as const;

/** The id that a server process gives itself when it starts, as a Lua expression. */
export const RUN_ID = `string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')`;

/** Answers the id of the process. */
export const runIdOf = redisScript(
  `local id = ${RUN_ID} if not id then return redis.error_reply('no run_id') end return id`,
);

/** Runs every command that a script of ours has, for the sake of access lists. Leaves nothing. */
export const tryEverything = redisScript(`
  redis.call('HSET', KEYS[1], 'a', 1, 'b', 2)
  redis.call('HINCRBY', KEYS[1], 'a', 1)
  redis.call('HGET', KEYS[1], 'a')
  redis.call('HMGET', KEYS[1], 'a', 'b')
  redis.call('HDEL', KEYS[1], 'a')
  redis.call('PEXPIRE', KEYS[1], 1000)
  redis.call('PTTL', KEYS[1])
  redis.call('PERSIST', KEYS[1])
  redis.call('DEL', KEYS[1])
  redis.call('SADD', KEYS[1], 'a')
  redis.call('SMEMBERS', KEYS[1])
  redis.call('DEL', KEYS[1])
  redis.call('INCR', KEYS[1])
  return redis.call('DEL', KEYS[1])`);

/**
 * Sees that a server can be relied on.
 * @throws {RedisRefusedError} saying what is wrong and what to do
 */
export async function checkRedisNode(node: SingleRedis, { cluster }: RedisAddress): Promise<void> {
  const info = readInfo(await node.info());
  const name = nodeName(node);
  const version = versionIn(info);
  if (isOlder(version)) {
    throw new RedisRefusedError(
      `The Redis at ${name} is of version ${version}: version ${OLDEST.join('.')} or later is needed, or Valkey.`,
    );
  }
  if (!cluster && info.get('cluster_enabled') === '1') {
    throw new RedisRefusedError(
      `The Redis at ${name} is a node of a Cluster: write redis+cluster:// or rediss+cluster:// in REDIS_URL.`,
    );
  }
  if (info.get('role') === 'slave') {
    throw new RedisRefusedError(
      `The Redis at ${name} is a replica, which takes no writes: name the primary in REDIS_URL.`,
    );
  }
  const policy = info.get('maxmemory_policy') ?? 'noeviction';
  if (policy !== 'noeviction' && info.get('maxmemory') !== '0') {
    throw new RedisRefusedError(
      `The Redis at ${name} throws keys away when its memory is full (maxmemory-policy ${policy}), and with them counts of guessed passwords: set maxmemory-policy to noeviction, or use another Redis than the one for caches.`,
    );
  }
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}
