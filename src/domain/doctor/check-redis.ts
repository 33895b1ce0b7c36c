import { fault, fine, type Finding } from './finding.js';

/** Whether Redis can be used, where one is set. @param problem why it cannot be, in a sentence; undefined: it can */
export function checkRedis(problem: string | undefined): readonly Finding[] {
  if (problem === undefined) return [fine('redis.usable', 'Redis answers, and can be relied on.')];
  return [
    fault(
      'redis.unusable',
      problem,
      'Do as it says, or correct REDIS_URL: redis://USER:PASSWORD@HOST:6379, rediss:// with TLS. See docs/redis.md.',
    ),
  ];
}
