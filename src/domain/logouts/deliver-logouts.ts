import type { Clock } from '../clock.js';
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

/** As many are told at the same time. */
const AT_ONCE = 20;
/** Seconds after which another instance tries, should this one have stopped. Longer than a try takes. */
const LEASE_SECONDS = 60;

/**
 * Tells applications of the logouts that are due, until none is. Every instance may do it at the same time. Each is told
 * at least once: an instance that stops between the answer and its note is why one may be told again.
 * @returns how many were tried
 */
export async function deliverLogouts(deps: DeliverLogoutsDeps): Promise<number> {
  const { logoutQueue, clock } = deps;
  await logoutQueue.spread(clock.now());
  for (let tried = 0; ;) {
    const at = clock.now();
    const due = await logoutQueue.take(AT_ONCE, at, new Date(at.getTime() + LEASE_SECONDS * 1000));
    await Promise.all(due.map((delivery) => deliver(deps, delivery)));
    tried += due.length;
    if (due.length < AT_ONCE) return tried;
  }
}

async function deliver(deps: DeliverLogoutsDeps, delivery: LogoutDelivery): Promise<void> {
  const { logoutQueue, logoutSender, unitOfWork, clock } = deps;
  const failure = await logoutSender.send(delivery);
  if (failure === undefined) return logoutQueue.done(delivery.id);
  const wait = waitBeforeRetry(delivery.attempts);
  const retryAt = wait === undefined ? undefined : new Date(clock.now().getTime() + wait * 1000);
  await logoutQueue.failed(delivery.id, failure, retryAt);
  if (retryAt !== undefined) return;
  await unitOfWork.run(({ audit }) => {
    audit.record({
      type: 'logout.undelivered',
      subject: { kind: 'user', id: delivery.accountId },
      clientId: delivery.clientId,
      details: { attempts: delivery.attempts, failure },
    });
    return Promise.resolve();
  });
}
