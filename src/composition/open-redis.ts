import type { Config } from '../config/config.js';
import type { Logger } from '../observability/logger.js';
import type { Redis } from '../storage/redis/redis.js';
import { redisAddress } from '../storage/redis/redis-address.js';
import { describeRedisFailure } from '../storage/redis/redis-failure.js';
import { StartupError } from './startup-error.js';

/**
 * Connects to the Redis that the configuration names.
 * @returns undefined where it names none
 * @throws {StartupError} saying in one line what is wrong and what to do
 */
export async function openConfiguredRedis({ redisUrl }: Config, logger: Logger): Promise<Redis | undefined> {
  if (redisUrl === undefined) return undefined;
  const address = redisAddress(redisUrl);
  try {
    // Loaded on demand: most deployments have no Redis.
    const { openRedis } = await import('../storage/redis/open-redis.js');
    return await openRedis(address, logger);
  } catch (error) {
    throw new StartupError([describeRedisFailure(error, address)], { cause: error });
  }
}
