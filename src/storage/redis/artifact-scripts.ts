/**
 * The scripts of the artifacts that are in Redis. An artifact is a hash under a key of its own. It holds the id of the server
 * process that it was written to, and to any other process it is not there: a server that starts anew with what it had on its
 * disk, or a replica that takes over, may have forgotten that something was used up or removed.
 */

import { RUN_ID } from './check-redis.js';
import { redisScript } from './redis.js';

/** Answers payload, version, consumed, expires, grant, session, account, epoch; nil when it is not there. */
export const FIND = redisScript(`
  local row = redis.call('HMGET', KEYS[1],
    'run', 'payload', 'version', 'consumed', 'expires', 'grant', 'session', 'account', 'epoch')
  if row[1] ~= ${RUN_ID} then return false end
  table.remove(row, 1)
  for i = 1, 8 do row[i] = row[i] or '' end
  return row`);

/**
 * Arguments: mode, version that was found or nothing, oldest epoch that counts, milliseconds to live or nothing, then payload,
 * expires, grant, session, account, epoch. Modes: `insert` writes in any case, `unique` where nothing is, `replace` what
 * is there, in the version that was found, and was not revoked. Answers the new version, or 0 when nothing was written.
 */
export const WRITE = redisScript(`
  local run = ${RUN_ID}
  local before = redis.call('HMGET', KEYS[1], 'run', 'version', 'account', 'epoch')
  local mode, found, oldest, ttl = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
  local exists = before[1] == run
  if mode == 'unique' and exists then return 0 end
  if mode == 'replace' then
    if not exists or (found ~= '' and before[2] ~= found) then return 0 end
    if before[3] == ARGV[9] and tonumber(before[4]) < tonumber(oldest) then return 0 end
  end
  if not exists then redis.call('DEL', KEYS[1]) end
  local version = exists and tonumber(before[2]) + 1 or 1
  redis.call('HSET', KEYS[1], 'run', run, 'version', version, 'payload', ARGV[5], 'expires', ARGV[6],
    'grant', ARGV[7], 'session', ARGV[8], 'account', ARGV[9], 'epoch', ARGV[10])
  if ttl == '' then redis.call('PERSIST', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], ttl) end
  return version`);

/** Arguments: the payload as it was written. Removes what nobody has written since. */
export const REMOVE_OWN = redisScript(`
  if redis.call('HGET', KEYS[1], 'payload') == ARGV[1] then return redis.call('DEL', KEYS[1]) end
  return 0`);

/** Arguments: epoch seconds. Answers 1 when it was used up by this call. */
export const CONSUME = redisScript(`
  local row = redis.call('HMGET', KEYS[1], 'run', 'consumed')
  if row[1] ~= ${RUN_ID} or row[2] then return 0 end
  redis.call('HSET', KEYS[1], 'consumed', ARGV[1])
  redis.call('HINCRBY', KEYS[1], 'version', 1)
  return 1`);

/** Makes what was used up usable again, for the one who had used it up. */
export const GIVE_BACK = redisScript(`return redis.call('HDEL', KEYS[1], 'consumed')`);

/** Arguments: member, milliseconds to live. Adds to a list that lives as long as its youngest member. */
export const ADD_MEMBER = redisScript(`
  redis.call('SADD', KEYS[1], ARGV[1])
  if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
  return 1`);

/** Answers the members of a list and removes it. */
export const TAKE_MEMBERS = redisScript(`
  local members = redis.call('SMEMBERS', KEYS[1])
  redis.call('DEL', KEYS[1])
  return members`);
