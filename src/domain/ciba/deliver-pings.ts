import type { Clock } from '../clock.js';
import { deliverDue } from '../deliveries/deliver-due.js';
import type { PingDelivery, PingQueue } from './backchannel-request.js';

/** Seconds to wait after each failure: the application may ask by itself all the while, and not for long. */
const WAITS = [1, 3, 10, 30, 60, 120];

export interface DeliverPingsDeps {
  readonly queue: PingQueue;
  readonly send: (delivery: PingDelivery) => Promise<string | undefined>;
  readonly clock: Clock;
}

/**
 * Tells applications that there is an answer to their request.
 * @returns how many were tried
 * @see OpenID Connect CIBA Core 1.0 §10.2
 */
export function deliverPings({ queue, send, clock }: DeliverPingsDeps): Promise<number> {
  return deliverDue({
    queue,
    // Of what is over there are no tokens to get.
    send: async (delivery) => (delivery.expiresAt <= clock.now() ? undefined : send(delivery)),
    waitBeforeRetry: (attempts) => WAITS[attempts - 1],
    // It still can ask by itself.
    givenUp: () => Promise.resolve(),
    clock,
  });
}
