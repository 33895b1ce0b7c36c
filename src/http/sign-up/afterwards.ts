import { errorFields, type Logger } from '../../observability/logger.js';

/**
 * Does work after the answer is out, for what must not be seen in the time that an answer takes. What is under way when a
 * process ends is lost; people ask again.
 */
export interface Afterwards {
  run(what: string, work: () => Promise<void>): void;
  /** Resolves when everything that was begun is over. */
  settled(): Promise<void>;
}

export function createAfterwards(logger: Logger): Afterwards {
  const running = new Set<Promise<void>>();
  return {
    run(what, work) {
      const job = new Promise((resolve) => setImmediate(resolve)).then(work).catch((error: unknown) => {
        logger.warn(what, errorFields(error));
      });
      running.add(job);
      void job.finally(() => running.delete(job));
    },
    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
