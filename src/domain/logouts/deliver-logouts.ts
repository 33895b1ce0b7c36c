import type { Clock } from '../clock.js';
import { deliverDue } from '../deliveries/deliver-due.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { waitBeforeRetry, type LogoutDelivery } from './logout-delivery.js';
import type { LogoutQueue } from './logout-queue.js';

/** Tells one application of a logout. */
export interface LogoutSender {
  /**
   * @returns undefined when it was told, or need not be; else why not, in a word or two without anything that the
   *   application has answered
   */
  send(delivery: Pick<LogoutDelivery, 'clientId' | 'accountId' | 'sid'>): Promise<string | undefined>;
}

export interface DeliverLogoutsDeps {
  readonly logoutQueue: LogoutQueue;
  readonly logoutSender: LogoutSender;
  readonly unitOfWork: UnitOfWork<'audit'>;
  readonly clock: Clock;
}

/**
 * Tells applications of the logouts that are due, until none is.
 * @returns how many were tried
 */
export async function deliverLogouts(deps: DeliverLogoutsDeps): Promise<number> {
  const { logoutQueue, logoutSender, clock } = deps;
  await logoutQueue.spread(clock.now());
  return deliverDue({
    queue: logoutQueue,
    send: (delivery) => logoutSender.send(delivery),
    waitBeforeRetry,
    givenUp: (delivery, failure) => tellUndelivered(deps, delivery, failure),
    clock,
  });
}

function tellUndelivered(
  { unitOfWork }: DeliverLogoutsDeps,
  { accountId, clientId, attempts }: LogoutDelivery,
  failure: string,
): Promise<void> {
  return unitOfWork.run(({ audit }) => {
    audit.record({
      type: 'logout.undelivered',
      subject: { kind: 'user', id: accountId },
      clientId,
      details: { attempts, failure },
    });
    return Promise.resolve();
  });
}
