import type { Clock } from '../clock.js';

/** Something that an application is to be told. */
export interface Delivery {
  readonly id: string;
  /** How often it was tried, this try included. */
  readonly attempts: number;
}

/** Where deliveries wait, shared by all instances. */
export interface DeliveryQueue<One extends Delivery> {
  /**
   * Takes deliveries that are due, so that no other instance takes them before the lease is over, and counts the try.
   * @param leaseUntil when another may take them, should this one not come back
   */
  take(limit: number, at: Date, leaseUntil: Date): Promise<readonly One[]>;
  /** The application has been told, or need not be. */
  done(id: string): Promise<void>;
  /** @param retryAt undefined: it is given up */
  failed(id: string, failure: string, retryAt: Date | undefined): Promise<void>;
}

export interface DeliverDueDeps<One extends Delivery> {
  readonly queue: DeliveryQueue<One>;
  /**
   * @returns undefined when the application was told, or need not be; else why not, in a word or two without anything that
   *   it has answered
   */
  readonly send: (delivery: One) => Promise<string | undefined>;
  /** Seconds to wait after this many tries; undefined: it is given up. */
  readonly waitBeforeRetry: (attempts: number) => number | undefined;
  readonly givenUp: (delivery: One, failure: string) => Promise<void>;
  readonly clock: Clock;
}

/** As many are told at the same time. */
const AT_ONCE = 20;
/** Seconds after which another instance tries, should this one have stopped. Longer than a try takes. */
const LEASE_SECONDS = 60;

/**
 * Delivers what is due, until nothing is. Every instance may do it at the same time. Each application is told at least
 * once: an instance that stops between the answer and its note is why one may be told again.
 * @returns how many were tried
 */
export async function deliverDue<One extends Delivery>(deps: DeliverDueDeps<One>): Promise<number> {
  const { queue, clock } = deps;
  for (let tried = 0; ;) {
    const at = clock.now();
    const due = await queue.take(AT_ONCE, at, new Date(at.getTime() + LEASE_SECONDS * 1000));
    await Promise.all(due.map((delivery) => deliver(deps, delivery)));
    tried += due.length;
    if (due.length < AT_ONCE) return tried;
  }
}

async function deliver<One extends Delivery>(deps: DeliverDueDeps<One>, delivery: One): Promise<void> {
  const { queue, clock } = deps;
  const failure = await deps.send(delivery);
  if (failure === undefined) return queue.done(delivery.id);
  const wait = deps.waitBeforeRetry(delivery.attempts);
  const retryAt = wait === undefined ? undefined : new Date(clock.now().getTime() + wait * 1000);
  await queue.failed(delivery.id, failure, retryAt);
  if (retryAt === undefined) await deps.givenUp(delivery, failure);
}
