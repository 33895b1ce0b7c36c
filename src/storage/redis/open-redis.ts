import { randomUUID } from 'node:crypto';
import { types } from 'node:util';
import { Cluster, type Redis as SingleRedis } from 'ioredis';
import { DomainError } from '../../domain/errors.js';
import type { Logger } from '../../observability/logger.js';
import { withDeadline } from '../with-deadline.js';
import { checkRedisNode, runIdOf, tryEverything } from './check-redis.js';
import { examineNode } from './examine-node.js';
import type { Redis, RedisArgument, RedisObserver, RedisReply, RedisScript } from './redis.js';
import type { RedisAddress } from './redis-address.js';
import {
  COMMAND_TIMEOUT_MS,
  CONNECT_TIMEOUT_MS,
  nodeConnection,
  redisConnection,
} from './redis-connection.js';
import { asRedisUnavailable, RedisRefusedError } from './redis-failure.js';

/** Commands that may wait at once, unless a test says otherwise. */
const MAX_WAITING = 10_000;
/** Milliseconds between two lines about nodes that cannot be reached. */
const WARN_AGAIN_MS = 60_000;
/** Milliseconds between two questions whether one that was lost is back. */
const ASK_AGAIN_MS = 1_000;

const isSilent = (): Error => new Error('Redis did not answer in time.');

export interface RedisOptions {
  /** Commands that may wait at once. */
  readonly maxWaiting?: number;
  /** Milliseconds of silence after which a connection is made anew. */
  readonly silenceMs?: number;
  readonly observe?: RedisObserver;
}

/**
 * Connects, and sees that this Redis can be relied on. Later it connects again by itself whenever the connection is lost;
 * commands fail at once meanwhile.
 * @throws {Error} see `describeRedisFailure`
 */
export async function openRedis(
  address: RedisAddress,
  logger: Logger,
  { maxWaiting = MAX_WAITING, silenceMs, observe = () => undefined }: RedisOptions = {},
): Promise<Redis> {
  // A Cluster and a group of Sentinels that cannot be reached do not say why; one of them does.
  if (address.cluster) await askOne(address, (node) => checkRedisNode(node, address));
  if (address.sentinelGroup !== undefined) await askOne(address, (sentinel) => sentinel.ping());
  const connection = redisConnection(address, silenceMs);
  let lastError: unknown;
  // An emitter of errors that nobody listens to would end the process.
  connection.on('error', (error: unknown) => {
    lastError = error;
  });
  try {
    await withDeadline(connection.connect(), CONNECT_TIMEOUT_MS, isSilent);
    for (const node of nodesOf(connection))
      await withDeadline(checkRedisNode(node, address), CONNECT_TIMEOUT_MS, isSilent);
    const commands = commandsOf(connection, maxWaiting, observe);
    await commands.ping();
    await commands.run(tryEverything, `latchkey:check:${randomUUID()}`, []);
    const unwatch = watch(connection, commands, logger);
    return {
      ...commands,
      close() {
        unwatch();
        return commands.close();
      },
    };
  } catch (error) {
    connection.disconnect();
    if (types.isNativeError(error)) error.cause ??= lastError;
    throw error;
  }
}

/** Those that take writes. */
function nodesOf(connection: SingleRedis | Cluster): readonly SingleRedis[] {
  return connection instanceof Cluster ? connection.nodes('master') : [connection];
}

/**
 * Tells of the outages: a line when one begins, one a minute while it lasts, and one when all is well again.
 * @returns ends it
 */
function watch(connection: SingleRedis | Cluster, commands: Pick<Redis, 'ping'>, logger: Logger): () => void {
  let isAway = false;
  let warnedAt = -Infinity;
  let stopped = false;
  const lose = (): void => {
    if (stopped) return;
    if (performance.now() - warnedAt >= WARN_AGAIN_MS) {
      warnedAt = performance.now();
      logger.warn('Redis cannot be reached; connecting again');
    }
    if (!isAway) askLater();
    isAway = true;
  };
  const answersAgain = (): void => {
    if (isAway) logger.info('Redis answers again');
    isAway = false;
    warnedAt = -Infinity;
  };
  // A Cluster that has lost a node, and has it replaced, says nothing of it.
  const ask = async (): Promise<void> => {
    if (!isAway || stopped) return;
    try {
      await Promise.all([commands.ping(), ...nodesOf(connection).map((node) => node.ping())]);
      answersAgain();
    } catch {
      askLater();
    }
  };
  const askLater = (): void => {
    setTimeout(() => void ask(), ASK_AGAIN_MS).unref();
  };
  connection.on('close', lose);
  connection.on('node error', lose);
  connection.on('ready', answersAgain);
  return () => {
    stopped = true;
  };
}

/** @throws {Error} what kept the last one from answering, or what is wrong with the first that did */
async function askOne(
  address: RedisAddress,
  ask: (connection: SingleRedis) => Promise<unknown>,
): Promise<void> {
  let failure: unknown;
  for (const node of address.nodes) {
    const connection = nodeConnection(address, node);
    let lastError: unknown;
    connection.on('error', (error: unknown) => {
      lastError = error;
    });
    try {
      await withDeadline(connection.connect(), CONNECT_TIMEOUT_MS, isSilent);
      await withDeadline(ask(connection), CONNECT_TIMEOUT_MS, isSilent);
      return;
    } catch (error) {
      if (error instanceof RedisRefusedError) throw error;
      failure = lastError ?? error;
    } finally {
      connection.disconnect();
    }
  }
  throw failure;
}

function commandsOf(connection: SingleRedis | Cluster, maxWaiting: number, observe: RedisObserver): Redis {
  let waiting = 0;
  const bounded = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (waiting >= maxWaiting) throw new DomainError('overloaded', 'Too many requests wait for Redis.');
    waiting += 1;
    const start = performance.now();
    let outcome: 'answered' | 'failed' = 'failed';
    try {
      const result = await withDeadline(work(), COMMAND_TIMEOUT_MS, isSilent);
      outcome = 'answered';
      return result;
    } catch (error) {
      throw asRedisUnavailable(error);
    } finally {
      waiting -= 1;
      observe({ outcome, seconds: (performance.now() - start) / 1000 });
    }
  };
  const call = (command: string, text: string, key: string, args: readonly RedisArgument[]) =>
    connection.callBuffer(command, text, 1, key, ...args) as Promise<RedisReply>;
  const run = async (
    script: RedisScript,
    key: string,
    args: readonly RedisArgument[],
  ): Promise<RedisReply> => {
    try {
      return await call('evalsha', script.sha1, key, args);
    } catch (error) {
      // A server that has started anew, or was added to a Cluster, does not know it yet.
      if (!types.isNativeError(error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return call('eval', script.lua, key, args);
    }
  };
  return {
    run: (script, key, args) => bounded(() => run(script, key, args)),
    async remove(key) {
      await bounded(() => connection.del(key));
    },
    async ping() {
      // Any key: in a Cluster each node answers for some of them only.
      await bounded(() => run(runIdOf, `latchkey:check:${randomUUID()}`, []));
    },
    examine: () =>
      withDeadline(Promise.all(nodesOf(connection).map(examineNode)), CONNECT_TIMEOUT_MS, isSilent),
    waiting: () => waiting,
    close() {
      connection.disconnect();
      return Promise.resolve();
    },
  };
}
