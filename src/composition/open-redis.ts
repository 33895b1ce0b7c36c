import type { Config } from '../config/config.js';
import type { Logger } from '../observability/logger.js';
import type { Redis, RedisObserver } from '../storage/redis/redis.js';
import { redisAddress } from '../storage/redis/redis-address.js';
import { describeRedisFailure } from '../storage/redis/redis-failure.js';
import { StartupError } from './startup-error.js';

/**
 * Connects to the Redis that the configuration names.
 * @param observe hears of each command, for metrics
 * @returns undefined where it names none
 * @throws {StartupError} saying in one line what is wrong and what to do
 */
export async function openConfiguredRedis(
  { redisUrl, redisAuthorities }: Pick<Config, 'redisUrl' | 'redisAuthorities'>,
  logger: Logger,
  observe?: RedisObserver,
): Promise<Redis | undefined> {
  if (redisUrl === undefined) return undefined;
  const address = redisAddress(redisUrl, redisAuthorities);
  try {
    // Loaded on demand: most deployments have no Redis.
    const { openRedis } = await import('../storage/redis/open-redis.js');
    return await openRedis(address, logger, observe ? { observe } : {});
  } catch (error) {
    throw new StartupError([describeRedisFailure(error, address)], { cause: error });
  }
}
