import type { PasskeyChallengeStore } from '../../domain/passkeys/passkey-challenge-store.js';
import { RUN_ID } from './check-redis.js';
import { redisScript, type Redis } from './redis.js';

/** Arguments: challenge, when it expires, milliseconds to live. */
const REPLACE = redisScript(`
  redis.call('HSET', KEYS[1], 'run', ${RUN_ID}, 'challenge', ARGV[1], 'expires', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  return 1`);

/** Arguments: now. Removes and answers the challenge; nil when there is none, it has expired, or the server was another. */
const TAKE = redisScript(`
  local row = redis.call('HMGET', KEYS[1], 'run', 'challenge', 'expires')
  redis.call('DEL', KEYS[1])
  if row[1] ~= ${RUN_ID} or tonumber(row[3]) <= tonumber(ARGV[1]) then return false end
  return row[2]`);

/** Longest that a challenge that was not taken stays, milliseconds: the hour covers clocks that differ. */
const STAYS = 3_600_000;

/** Challenges in Redis, where each is taken once. What a unit of work around it does has no part in it. */
export function createRedisPasskeyChallengeStore(redis: Redis): PasskeyChallengeStore {
  const keyOf = (bindingHash: Buffer): string => `latchkey:challenge:${bindingHash.toString('base64url')}`;
  return {
    async replace({ bindingHash, challengeHash, expiresAt }) {
      await redis.run(REPLACE, keyOf(bindingHash), [challengeHash, expiresAt.getTime(), STAYS]);
    },
    async take(bindingHash, at) {
      const taken = await redis.run(TAKE, keyOf(bindingHash), [at.getTime()]);
      return Buffer.isBuffer(taken) ? taken : undefined;
    },
    // Redis forgets by itself.
    purge: () => Promise.resolve(0),
  };
}
