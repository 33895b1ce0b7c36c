import { deliverPings } from '../domain/ciba/deliver-pings.js';
import type { ApprovalDeps } from '../http/account/requests-router.js';
import type { Logger } from '../observability/logger.js';
import { createConclude, createPingSender } from '../provider/backchannel-answers.js';
import type { ChangeFeed } from '../storage/postgres/change-feed.js';
import { followDeliveries, type FollowedDeliveries } from './follow-deliveries.js';
import type { Outages } from './follow-outages.js';
import type { Application } from './application.js';
import type { Protocol } from './open-protocol.js';

/** Requests are forgotten so long after their end; until then they count. Milliseconds. */
const KEPT_MS = 60 * 60 * 1000;

/** Answers of people while the server runs, and telling applications of them. */
export interface OpenedCiba extends FollowedDeliveries {
  readonly approvals: ApprovalDeps;
  purge(): Promise<number>;
}

export function openCiba(
  application: Application,
  {
    protocol,
    changes,
    logger,
    outages,
  }: { protocol: Protocol; changes: ChangeFeed; logger: Logger; outages: Outages },
): OpenedCiba {
  const { config, stores, clock, resources, clientDirectory } = application;
  const { backchannelRequests } = stores;
  const send = createPingSender(() => protocol.current(), logger);
  const followed = followDeliveries({
    deliver: () => deliverPings({ queue: stores.pingQueue, send, clock }),
    changes,
    kind: 'ping',
    logger,
    outages,
    failure: 'pings cannot be delivered',
  });
  return {
    approvals: {
      requests: backchannelRequests,
      conclude: createConclude(() => protocol.current(), {
        units: protocol.units,
        resources,
        grantSeconds: config.lifetimes.grantSeconds,
      }),
      clientDirectory,
      secondFactor: config.secondFactor,
      requireVerifiedEmail: config.requireVerifiedEmail,
    },
    purge: () => backchannelRequests.purge(new Date(clock.now().getTime() - KEPT_MS)),
    stop: () => followed.stop(),
  };
}
