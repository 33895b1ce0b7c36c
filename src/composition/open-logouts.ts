import { deliverLogouts } from '../domain/logouts/deliver-logouts.js';
import { errorFields, type Logger } from '../observability/logger.js';
import { createLogoutSender } from '../provider/logout-tokens.js';
import type { ChangeFeed } from '../storage/postgres/change-feed.js';
import type { Application } from './open-application.js';
import type { Protocol } from './open-protocol.js';

/** How often the queue is looked at when nobody says that there is anything in it: for what is tried again. */
const LOOK_MS = 2_000;
/** Deliveries that were given up are forgotten after so long. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

/** Tells applications of logouts while the server runs. */
export interface OpenedLogouts {
  purge(): Promise<number>;
  /** Takes nothing more, and waits for what is under way. */
  stop(): Promise<void>;
}

export function openLogouts(
  application: Application,
  { protocol, changes, logger }: { protocol: Protocol; changes: ChangeFeed; logger: Logger },
): OpenedLogouts {
  const { stores, clock, unitOfWork } = application;
  const { logoutQueue } = stores;
  const logoutSender = createLogoutSender(() => protocol.current(), logger);
  const asked = { again: false, toStop: false };
  const isAskedAgain = (): boolean => asked.again;
  let running: Promise<void> | undefined;

  const deliver = async (): Promise<void> => {
    asked.again = false;
    try {
      await deliverLogouts({ logoutQueue, logoutSender, unitOfWork, clock });
    } catch (error) {
      logger.warn('logouts cannot be delivered', errorFields(error));
    }
    running = undefined;
    if (isAskedAgain()) look();
  };
  function look(): void {
    asked.again = true;
    if (!asked.toStop) running ??= deliver();
  }
  changes.onChange('logout', look);
  const timer = setInterval(look, LOOK_MS).unref();
  look();

  return {
    purge: () => logoutQueue.purge(new Date(clock.now().getTime() - KEPT_MS)),
    async stop() {
      asked.toStop = true;
      clearInterval(timer);
      await running;
    },
  };
}
