import { Cluster, Redis as SingleRedis, type RedisOptions } from 'ioredis';
import type { RedisAddress } from './redis-address.js';

/** Milliseconds within which a connection is made, and within which a command is answered. */
export const CONNECT_TIMEOUT_MS = 4_000;
export const COMMAND_TIMEOUT_MS = 2_000;
/** Longer than a command waits: this time runs on while the process stands still, and ends what would have been answered. */
const SILENCE_MS = 10_000;
/** Sentinels have users of their own. */
const SENTINEL_USER = 'default';
/** Longest pause between attempts to connect again, milliseconds. */
const LONGEST_RETRY_MS = 2_000;

/**
 * A connection that comes back by itself, made by `connect()`. Commands fail at once while there is none.
 * @param silenceMs milliseconds of silence after which one that should answer is given up and made anew
 */
export function redisConnection(address: RedisAddress, silenceMs = SILENCE_MS): SingleRedis | Cluster {
  if (!address.cluster) {
    return new SingleRedis({
      ...optionsOf(address, silenceMs),
      ...(address.sentinelGroup === undefined
        ? address.nodes[0]
        : sentinelOptions(address, address.sentinelGroup)),
      db: address.database,
      // It has become a replica, and keeps its connections: the address, or the Sentinels, lead to the primary by now.
      reconnectOnError: ({ message }) => /\bREADONLY\b/.test(message),
      retryStrategy: pauseAfter,
      enableOfflineQueue: false,
      lazyConnect: true,
    });
  }
  return new Cluster([...address.nodes], {
    redisOptions: optionsOf(address, silenceMs),
    clusterRetryStrategy: pauseAfter,
    enableOfflineQueue: false,
    maxRedirections: 3,
    slotsRefreshTimeout: COMMAND_TIMEOUT_MS,
    lazyConnect: true,
  });
}

/** A connection to one node of the address, a Sentinel or a server, made by `connect()`, that does not come back. */
export function nodeConnection(address: RedisAddress, node: RedisAddress['nodes'][number]): SingleRedis {
  return new SingleRedis({
    ...optionsOf(address, SILENCE_MS),
    ...(address.sentinelGroup === undefined ? {} : { username: SENTINEL_USER }),
    ...node,
    lazyConnect: true,
    retryStrategy: null,
  });
}

/** Sentinels ask for no password, or for the same one: a user without a password takes any. */
function sentinelOptions(address: RedisAddress, group: string) {
  const { nodes, password } = address;
  return {
    sentinels: [...nodes],
    name: group,
    sentinelRetryStrategy: pauseAfter,
    sentinelCommandTimeout: COMMAND_TIMEOUT_MS,
    ...(password === undefined ? {} : { sentinelUsername: SENTINEL_USER, sentinelPassword: password }),
    ...(address.tls ? { enableTLSForSentinelMode: true, sentinelTLS: tlsOptions(address) } : {}),
  } satisfies RedisOptions;
}

function tlsOptions({ authorities }: RedisAddress) {
  return authorities === undefined ? {} : { ca: authorities };
}

function optionsOf(address: RedisAddress, silenceMs: number) {
  const { tls, username, password } = address;
  return {
    connectionName: 'latchkey',
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: silenceMs,
    socketTimeout: silenceMs,
    // What was sent to a connection that broke may have been done: it must not be done again.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    protocol: 2,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: tlsOptions(address) } : {}),
  } satisfies RedisOptions;
}

function pauseAfter(attempts: number): number {
  return Math.min(LONGEST_RETRY_MS, 50 * 2 ** Math.min(attempts, 10)) * (0.5 + Math.random() / 2);
}
