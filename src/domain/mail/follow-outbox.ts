import type { Clock } from '../clock.js';

/** How long to wait at most before looking again, milliseconds: what was not heard is found then. */
const LONGEST_WAIT_MS = 30_000;
/** After a failure of the database, milliseconds. */
const AFTER_FAILURE_MS = 5_000;

export interface FollowOutboxDeps {
  /** Delivers a batch. @returns how many mails it took */
  readonly deliver: () => Promise<number>;
  /** When the next mail is due. */
  readonly nextDueAt: () => Promise<Date | undefined>;
  readonly clock: Clock;
  /** @param error what kept a batch from being delivered */
  readonly failed: (error: unknown) => void;
}

/** A worker that delivers mails as they come. */
export interface OutboxFollower {
  /** Looks for mails now. */
  wake(): void;
  /** Takes no more mails. Resolves when those under way are settled, or after the time given, milliseconds. */
  stop(withinMs: number): Promise<void>;
}

/** Delivers until nothing is due, then waits for the next that is, or to be woken. */
export function followOutbox({ deliver, nextDueAt, clock, failed }: FollowOutboxDeps): OutboxFollower {
  let stopped = false;
  let wokenAgain = false;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  // Functions, since the flags change while a batch is delivered.
  const isStopped = (): boolean => stopped;
  const takeWoken = (): boolean => {
    const woken = wokenAgain;
    wokenAgain = false;
    return woken;
  };

  const untilNothingIsDue = async (): Promise<void> => {
    let wait = LONGEST_WAIT_MS;
    try {
      while (!isStopped() && ((await deliver()) > 0 || takeWoken()));
      if (!isStopped()) {
        const dueAt = await nextDueAt();
        if (dueAt) wait = Math.min(wait, Math.max(0, dueAt.getTime() - clock.now().getTime()));
      }
    } catch (error) {
      failed(error);
      wait = AFTER_FAILURE_MS;
    }
    running = undefined;
    if (isStopped()) return;
    if (takeWoken()) wake();
    else timer = setTimeout(wake, wait).unref();
  };

  const wake = (): void => {
    if (stopped) return;
    clearTimeout(timer);
    if (running) wokenAgain = true;
    else running = untilNothingIsDue();
  };

  wake();
  return {
    wake,
    async stop(withinMs) {
      stopped = true;
      clearTimeout(timer);
      if (!running) return;
      let deadline: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (deadline = setTimeout(resolve, withinMs)));
      await Promise.race([running, late]);
      clearTimeout(deadline);
    },
  };
}
