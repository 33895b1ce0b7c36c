import { types } from 'node:util';
import { DomainError } from '../../domain/errors.js';
import type { RedisAddress } from './redis-address.js';

/**
 * Refusals of Redis that are about its state, not about what it was asked. Redis 6 puts those of a script's commands behind
 * where in the script they came up.
 */
const STATES =
  /^(?:ERR .*@user_script: ?\d+: -)?(ASK|BUSY|CLUSTERDOWN|LOADING|MASTERDOWN|MISCONF|MOVED|NOAUTH|NOPERM|NOREPLICAS|OOM|READONLY|TRYAGAIN|UNBLOCKED|WRONGPASS)\b/;

/**
 * Tells a Redis that is away, full or too busy from a fault of ours.
 * @returns a `DomainError` `storage_unavailable` where waiting may help, else the error as it came
 */
export function asRedisUnavailable(error: unknown): unknown {
  const isReply = types.isNativeError(error) && error.name === 'ReplyError';
  if (isReply && !STATES.test(error.message)) return error;
  const unavailable = new DomainError('storage_unavailable', 'Redis cannot be reached, or is too busy.');
  unavailable.cause = error;
  return unavailable;
}

/** Why the Redis that the configuration names is not used. */
export class RedisRefusedError extends Error {
  override readonly name = 'RedisRefusedError';
}

type Describe = (address: RedisAddress, server: string) => string;

/** What ioredis and Redis write, for want of codes. The first that matches counts. */
const BY_TEXT: readonly (readonly [RegExp, Describe])[] = [
  [
    /ECONNREFUSED/,
    (_, server) => `Nothing listens at ${server}: start Redis, or correct the host and port in REDIS_URL.`,
  ],
  [
    /ENOTFOUND|EAI_AGAIN/,
    (_, server) => `The host of ${server} is not known: correct REDIS_URL, or the name service.`,
  ],
  [
    /WRONGPASS|invalid username-password|invalid password/i,
    (_, server) =>
      `The Redis at ${server} refused the user and password: correct them in REDIS_URL, with special characters percent-encoded.`,
  ],
  [
    /NOAUTH|Authentication required/i,
    (_, server) => `The Redis at ${server} asks for a password: add it to REDIS_URL.`,
  ],
  [
    /NOPERM|can't run this command|ACL failure/i,
    (_, server) => `The user in REDIS_URL lacks a right at ${server}: docs/redis.md lists what it needs.`,
  ],
  [
    /cluster support disabled/i,
    (_, server) => `The Redis at ${server} is no Cluster: begin REDIS_URL with redis:// or rediss://.`,
  ],
  [
    /no run_id/,
    (_, server) =>
      `The Redis at ${server} does not tell its run_id (INFO server), which is needed: use another.`,
  ],
  [
    /CLUSTERDOWN/,
    (_, server) =>
      `The Redis Cluster at ${server} does not serve all of its slots: see "CLUSTER INFO" there.`,
  ],
  [/LOADING/, (_, server) => `The Redis at ${server} is loading its data: wait for it, then start again.`],
  [
    /certificate|self.signed|CERT_|altname/i,
    (_, server) =>
      `The certificate of the Redis at ${server} is not trusted: name its authority's file in REDIS_CA_FILE, and use the host name that it was issued for.`,
  ],
  [
    /wrong version number|SSL routines|packet length too long/i,
    (_, server) => `The Redis at ${server} does not speak TLS at this port: use redis:// or its TLS port.`,
  ],
  // The last: it is told of each of those above, too.
  [
    /All sentinels are unreachable/,
    (_, server) =>
      `No Sentinel at ${server} answers and names a primary of the group in REDIS_URL: correct the hosts, or the group behind them; "SENTINEL MASTERS" there lists what they know.`,
  ],
];

/**
 * Says in one line what is wrong with Redis and what to do. The password never shows.
 * @param error what connecting to it threw
 */
export function describeRedisFailure(error: unknown, address: RedisAddress): string {
  if (error instanceof RedisRefusedError) return error.message;
  const server = serverName(address);
  const text = textsOf(error).join('\n');
  const known = BY_TEXT.find(([pattern]) => pattern.test(text))?.[1];
  return known
    ? known(address, server)
    : `The Redis at ${server} did not answer in time: check the host, port and scheme in REDIS_URL, the firewall, and Redis' own log.`;
}

/** For messages: the hosts, without user or password. */
export function serverName({ nodes }: RedisAddress): string {
  return nodes.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(', ');
}

function textsOf(error: unknown): readonly string[] {
  // Not instanceof: errors of Node itself can come from another realm.
  if (!types.isNativeError(error)) return [];
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // A Cluster that cannot be reached says of its last node why.
  const last = 'lastNodeError' in error ? textsOf(error.lastNodeError) : [];
  const each = 'errors' in error && Array.isArray(error.errors) ? error.errors.flatMap(textsOf) : [];
  return [code, error.message, ...textsOf(error.cause), ...last, ...each];
}
