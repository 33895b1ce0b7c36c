import { fault, fine, type Finding } from './finding.js';

/** Whether Redis answers, where one is set. @param ping resolves when it does */
export async function checkRedis(ping: () => Promise<void>): Promise<readonly Finding[]> {
  try {
    await ping();
    return [fine('redis.reached', 'Redis answers.')];
  } catch {
    return [
      fault(
        'redis.unreachable',
        'Redis does not answer, or refuses this user.',
        'Start it, or correct REDIS_URL: redis://USER:PASSWORD@HOST:6379, rediss:// with TLS.',
      ),
    ];
  }
}
