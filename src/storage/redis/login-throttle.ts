import type { LoginAttempt, LoginThrottle } from '../../domain/accounts/login-throttle.js';
import type { KeyedHash } from '../../domain/sealing.js';
import { redisScript, type Redis } from './redis.js';

export interface RedisLoginThrottleOptions {
  readonly redis: Redis;
  /** Names whom and where in the keys: people type passwords into the wrong field. */
  readonly hash: KeyedHash;
  /** Failed tries at one account or name within a window; default 10. */
  readonly perSubject?: number;
  /** Failed tries from one network within a window; default 100. */
  readonly perNetwork?: number;
}

/** Milliseconds: of the first window, after which a window that was used up is forgotten, and that a network stays known. */
const WINDOW = 5 * 60_000;
const REMEMBERED = 15 * 60_000;
const KNOWN = 30 * 24 * 3_600_000;

/** Lets Redis forget what no longer counts. */
const EXPIRE = `
  local function expire(now)
    local times = redis.call('HMGET', KEYS[1], 'resets', 'known')
    local counted = times[1] and tonumber(times[1]) + ${REMEMBERED} or 0
    local known = tonumber(times[2] or 0)
    redis.call('PEXPIRE', KEYS[1], math.max(1, math.max(counted, known) - now))
  end`;

/**
 * Arguments: now, allowed, whether only what is known counts. Counts one try. A window that is used up and followed by the
 * next within 15 minutes makes that one longer: 10 minutes, then 15. Tries that are refused do not make it longer.
 * Answers tries and milliseconds until the window ends; nil when it is not known.
 */
const COUNT = redisScript(`${EXPIRE}
  local now, allowed = tonumber(ARGV[1]), tonumber(ARGV[2])
  local row = redis.call('HMGET', KEYS[1], 'attempts', 'allowed', 'strikes', 'resets', 'known')
  if ARGV[3] == '1' and tonumber(row[5] or 0) <= now then return false end
  local attempts, before, strikes, resets =
    tonumber(row[1] or 0), tonumber(row[2] or 0), tonumber(row[3] or 0), tonumber(row[4] or 0)
  if resets <= now then
    local again = attempts > before and resets + ${REMEMBERED} > now
    strikes = again and math.min(strikes + 1, 2) or 0
    attempts, resets = 1, now + (1 + strikes) * ${WINDOW}
  else
    attempts = math.min(attempts + 1, 1000000)
  end
  redis.call('HSET', KEYS[1], 'attempts', attempts, 'allowed', allowed, 'strikes', strikes, 'resets', resets)
  expire(now)
  return {attempts, resets - now}`);

/** Takes one try back. */
const GIVE_BACK = redisScript(`
  if tonumber(redis.call('HGET', KEYS[1], 'attempts') or 0) > 0 then
    redis.call('HINCRBY', KEYS[1], 'attempts', -1)
  end
  return 1`);

/** Arguments: now. Makes a network known, and begins its count anew where it was known already: then it answers 1. */
const MAKE_KNOWN = redisScript(`${EXPIRE}
  local now = tonumber(ARGV[1])
  local was_known = tonumber(redis.call('HGET', KEYS[1], 'known') or 0) > now
  redis.call('HDEL', KEYS[1], 'attempts', 'allowed', 'strikes', 'resets')
  redis.call('HSET', KEYS[1], 'known', now + ${KNOWN})
  expire(now)
  return was_known and 1 or 0`);

/** Counts tries in Redis, for all processes together, by the same rules as in PostgreSQL. */
export function createRedisLoginThrottle(options: RedisLoginThrottleOptions): LoginThrottle {
  const { redis, hash, perSubject = 10, perNetwork = 100 } = options;
  const key = (kind: string, value: string): string =>
    `latchkey:login:${hash(`${kind}\0${value}`).toString('base64url')}`;
  const keysOf = ({ subject, network }: LoginAttempt) => ({
    subject: key('subject', subject),
    /** The count of one account at a network where it has signed in before. */
    pair: network === undefined ? undefined : key('pair', `${network}\0${subject}`),
    network: network === undefined ? undefined : key('network', network),
  });

  /** @returns milliseconds to wait, 0 when it may go on; undefined where only what is known counts */
  const countAt = async (
    at: string,
    { now, allowed, ifKnown }: { readonly now: number; readonly allowed: number; readonly ifKnown: boolean },
  ): Promise<number | undefined> => {
    const reply = await redis.run(COUNT, at, [now, allowed, ifKnown ? 1 : 0]);
    if (!Array.isArray(reply)) return undefined;
    const [attempts, left] = reply.map(Number);
    return (attempts ?? 0) > allowed ? (left ?? 0) : 0;
  };

  return {
    async count(attempt) {
      const { subject, pair, network } = keysOf(attempt);
      const now = attempt.at.getTime();
      const ofSubject = async (): Promise<number | undefined> => {
        const limit = { now, allowed: perSubject };
        const atKnown = pair === undefined ? undefined : await countAt(pair, { ...limit, ifKnown: true });
        return atKnown ?? countAt(subject, { ...limit, ifKnown: false });
      };
      const ofNetwork = network && countAt(network, { now, allowed: perNetwork, ifKnown: false });
      const waits = await Promise.all([ofSubject(), ofNetwork]);
      const longest = Math.max(...waits.map((wait) => Number(wait ?? 0)));
      return longest === 0 ? undefined : Math.max(1, Math.ceil(longest / 1000));
    },

    async giveBack(attempt) {
      const keys = Object.values(keysOf(attempt)).filter((at) => at !== undefined);
      await Promise.all(keys.map((at) => redis.run(GIVE_BACK, at, [])));
    },

    async succeed(attempt) {
      const { subject, pair, network } = keysOf(attempt);
      const wasKnown = pair && (await redis.run(MAKE_KNOWN, pair, [attempt.at.getTime()])) === 1;
      if (!wasKnown) await redis.remove(subject);
      if (network) await redis.run(GIVE_BACK, network, []);
    },

    // Redis forgets by itself.
    purge: () => Promise.resolve(0),
  };
}
