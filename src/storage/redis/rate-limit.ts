import type { Clock } from '../../domain/clock.js';
import type { KeyedHash } from '../../domain/sealing.js';
import { redisScript, type Redis } from './redis.js';

const WINDOW_SECONDS = 60;

/** Arguments: milliseconds until it may be forgotten. Answers how many there were. */
const COUNT = redisScript(`
  local count = redis.call('INCR', KEYS[1])
  if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
  return count`);

/**
 * Counts the requests of each caller in Redis, for all processes together.
 * @param options.quota requests of a caller within a minute
 * @param options.hash names callers in the keys
 */
export function createRedisRateLimit(
  redis: Redis,
  { quota, clock, hash }: { readonly quota: number; readonly clock: Clock; readonly hash: KeyedHash },
) {
  return {
    quota,
    async count(caller: string): Promise<{ readonly left: number; readonly reset: number }> {
      const seconds = clock.now().getTime() / 1000;
      const window = Math.floor(seconds / WINDOW_SECONDS);
      const key = `latchkey:api:${hash(`${window} ${caller}`).toString('base64url')}`;
      const used = await redis.run(COUNT, key, [2 * WINDOW_SECONDS * 1000]);
      return {
        left: quota - Number(used),
        reset: Math.max(1, Math.ceil((window + 1) * WINDOW_SECONDS - seconds)),
      };
    },
  };
}
