import { deliverLogouts } from '../domain/logouts/deliver-logouts.js';
import type { Logger } from '../observability/logger.js';
import { createLogoutSender } from '../provider/logout-tokens.js';
import type { ChangeFeed } from '../storage/postgres/change-feed.js';
import { followDeliveries, type FollowedDeliveries } from './follow-deliveries.js';
import type { Outages } from './follow-outages.js';
import type { Application } from './application.js';
import type { Protocol } from './open-protocol.js';

/** Deliveries that were given up are forgotten after so long. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

/** Tells applications of logouts while the server runs. */
export interface OpenedLogouts extends FollowedDeliveries {
  purge(): Promise<number>;
}

export function openLogouts(
  application: Application,
  {
    protocol,
    changes,
    logger,
    outages,
  }: { protocol: Protocol; changes: ChangeFeed; logger: Logger; outages: Outages },
): OpenedLogouts {
  const { stores, clock, unitOfWork } = application;
  const { logoutQueue } = stores;
  const logoutSender = createLogoutSender(() => protocol.current(), logger);
  const followed = followDeliveries({
    deliver: () => deliverLogouts({ logoutQueue, logoutSender, unitOfWork, clock }),
    changes,
    kind: 'logout',
    logger,
    outages,
    failure: 'logouts cannot be delivered',
  });
  return {
    purge: () => logoutQueue.purge(new Date(clock.now().getTime() - KEPT_MS)),
    stop: () => followed.stop(),
  };
}
