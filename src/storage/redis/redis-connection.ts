import { Cluster, Redis as SingleRedis, type RedisOptions } from 'ioredis';
import type { RedisAddress } from './redis-address.js';

/** Milliseconds within which a connection is made, and within which a command is answered. */
export const CONNECT_TIMEOUT_MS = 4_000;
export const COMMAND_TIMEOUT_MS = 2_000;
/** Longest pause between attempts to connect again, milliseconds. */
const LONGEST_RETRY_MS = 2_000;

/** A connection that comes back by itself, made by `connect()`. Commands fail at once while there is none. */
export function redisConnection(address: RedisAddress): SingleRedis | Cluster {
  if (!address.cluster) {
    return new SingleRedis({
      ...optionsOf(address),
      ...address.nodes[0],
      db: address.database,
      retryStrategy: pauseAfter,
      enableOfflineQueue: false,
      lazyConnect: true,
    });
  }
  return new Cluster([...address.nodes], {
    redisOptions: optionsOf(address),
    clusterRetryStrategy: pauseAfter,
    enableOfflineQueue: false,
    maxRedirections: 3,
    slotsRefreshTimeout: COMMAND_TIMEOUT_MS,
    lazyConnect: true,
  });
}

/** A connection to one node, made by `connect()`, that does not come back. */
export function nodeConnection(address: RedisAddress, node: RedisAddress['nodes'][number]): SingleRedis {
  return new SingleRedis({ ...optionsOf(address), ...node, lazyConnect: true, retryStrategy: null });
}

function optionsOf({ tls, authorities, username, password }: RedisAddress) {
  return {
    connectionName: 'latchkey',
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    // What was sent to a connection that broke may have been done: it must not be done again.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    protocol: 2,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: authorities === undefined ? {} : { ca: authorities } } : {}),
  } satisfies RedisOptions;
}

function pauseAfter(attempts: number): number {
  return Math.min(LONGEST_RETRY_MS, 50 * 2 ** Math.min(attempts, 10)) * (0.5 + Math.random() / 2);
}
