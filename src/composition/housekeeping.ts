import { errorFields, type Logger } from '../observability/logger.js';
import type { Metrics } from '../observability/metrics.js';

const EVERY_MS = 60_000;

/** Tasks by name; one that removes rows answers how many. */
export type HousekeepingTasks = Readonly<Record<string, () => Promise<unknown>>>;

/** Runs the tasks every minute, each for itself: one that fails keeps no other from its work. @returns what stops it */
export function startHousekeeping(
  tasks: HousekeepingTasks,
  { logger, metrics }: { readonly logger: Logger; readonly metrics: Metrics },
): () => void {
  const run = async (task: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      const removed = await work();
      metrics.purged(task, typeof removed === 'number' ? removed : 0);
    } catch (error) {
      metrics.housekeepingFailed(task);
      logger.warn('housekeeping failed', { task, ...errorFields(error) });
    }
  };
  const timer = setInterval(() => {
    for (const [task, work] of Object.entries(tasks)) void run(task, work);
  }, EVERY_MS).unref();
  return () => {
    clearInterval(timer);
  };
}
