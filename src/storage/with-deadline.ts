/** Milliseconds by which a timer comes late when this process stood still: its machine paused, or it was kept from running. */
const STOOD_STILL_MS = 100;

/**
 * Waits for something outside, but not for ever. Time in which this process itself stood still is not held against
 * the other side, whose answer may have come meanwhile and not have been read: who stood still waits once more.
 * @param milliseconds that it may take
 * @param late makes the error of an answer that did not come in time
 * @throws {Error} what `late` makes, or what the work throws
 */
export async function withDeadline<Result>(
  work: Promise<Result>,
  milliseconds: number,
  late: () => Error,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    const wait = (isFirst: boolean): void => {
      const due = performance.now() + milliseconds;
      timer = setTimeout(() => {
        if (isFirst && performance.now() - due > STOOD_STILL_MS) {
          wait(false);
          return;
        }
        // What has arrived is read after the timers of a turn, and before this.
        setImmediate(() => {
          reject(late());
        });
      }, milliseconds).unref();
    };
    wait(true);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
