import { errorFields, type Logger } from '../observability/logger.js';
import type { ChangeFeed, ChangeKind } from '../storage/postgres/change-feed.js';
import type { Outages } from './follow-outages.js';

/** How often the queue is looked at when nobody says that there is anything in it: for what is tried again. */
const LOOK_MS = 2_000;

/** A queue of deliveries that is worked on while the server runs. */
export interface FollowedDeliveries {
  /** Takes nothing more, and waits for what is under way. */
  stop(): Promise<void>;
}

/** Delivers when something is heard of, and from time to time; one round at a time. */
export function followDeliveries(input: {
  readonly deliver: () => Promise<unknown>;
  readonly changes: ChangeFeed;
  readonly kind: ChangeKind;
  readonly logger: Logger;
  readonly outages: Pick<Outages, 'noticed'>;
  /** For the log, when a round fails. */
  readonly failure: string;
}): FollowedDeliveries {
  const { changes, kind, logger, outages, failure } = input;
  const asked = { again: false, toStop: false };
  const isAskedAgain = (): boolean => asked.again;
  let running: Promise<void> | undefined;

  const deliver = async (): Promise<void> => {
    asked.again = false;
    try {
      await input.deliver();
    } catch (error) {
      if (!outages.noticed(error)) logger.warn(failure, errorFields(error));
    }
    running = undefined;
    if (isAskedAgain()) look();
  };
  function look(): void {
    asked.again = true;
    if (!asked.toStop) running ??= deliver();
  }
  changes.onChange(kind, look);
  const timer = setInterval(look, LOOK_MS).unref();
  look();

  return {
    async stop() {
      asked.toStop = true;
      clearInterval(timer);
      await running;
    },
  };
}
