import type { Clock } from '../../domain/clock.js';
import { DomainError } from '../../domain/errors.js';
import type { KeyedHash } from '../../domain/sealing.js';
import { redisScript, type Redis } from './redis.js';

const WINDOW_SECONDS = 60;

/** Arguments: milliseconds until it may be forgotten. Answers how many there were. */
const COUNT = redisScript(`
  local count = redis.call('INCR', KEYS[1])
  if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
  return count`);

/** How many requests are left in this window, negative when there are none, and seconds until the next. */
interface Left {
  readonly left: number;
  readonly reset: number;
}

export interface RedisRateLimitOptions {
  /** Requests of a caller within a minute. */
  readonly quota: number;
  readonly clock: Clock;
  /** Names callers in the keys. */
  readonly hash: KeyedHash;
  /** Counts while Redis is away: whoever has to disable an account then must not be kept from it. */
  readonly meanwhile: { count(caller: string): Left | Promise<Left> };
}

/** Counts the requests of each caller in Redis, for all processes together. */
export function createRedisRateLimit(redis: Redis, { quota, clock, hash, meanwhile }: RedisRateLimitOptions) {
  return {
    quota,
    async count(caller: string): Promise<Left> {
      const seconds = clock.now().getTime() / 1000;
      const window = Math.floor(seconds / WINDOW_SECONDS);
      const key = `latchkey:api:${hash(`${window} ${caller}`).toString('base64url')}`;
      try {
        const used = await redis.run(COUNT, key, [2 * WINDOW_SECONDS * 1000]);
        return {
          left: quota - Number(used),
          reset: Math.max(1, Math.ceil((window + 1) * WINDOW_SECONDS - seconds)),
        };
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        return meanwhile.count(caller);
      }
    },
  };
}
