import type { JsonObject } from '../json.js';

/** An application that is to be told of a logout. @see OpenID Connect Back-Channel Logout 1.0 §2.5 */
export interface LogoutDelivery {
  readonly id: string;
  readonly clientId: string;
  readonly accountId: string;
  /** The session as the application knows it. */
  readonly sid: string | undefined;
  /** `dead`: nobody tries any more, unless it is asked for. */
  readonly state: 'pending' | 'dead';
  /** How often it was tried. */
  readonly attempts: number;
  readonly nextAttemptAt: Date;
  /** Why the last try failed, in a word or two. */
  readonly lastFailure: string | undefined;
  readonly createdAt: Date;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Seconds to wait after each failure; after the last one nobody tries any more. */
const WAITS = [5, 30, 2 * MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR] as const;

/**
 * @param attempts how often it was tried, at least once
 * @returns seconds until the next try; undefined when it is given up
 */
export function waitBeforeRetry(attempts: number): number | undefined {
  return WAITS[attempts - 1];
}

/** The delivery as JSON, for those who administer it. */
export function logoutDeliveryInformation(delivery: LogoutDelivery): JsonObject {
  return {
    id: delivery.id,
    client_id: delivery.clientId,
    user_id: delivery.accountId,
    state: delivery.state,
    attempts: delivery.attempts,
    next_attempt_at: delivery.state === 'pending' ? delivery.nextAttemptAt.toISOString() : null,
    last_failure: delivery.lastFailure ?? null,
    created_at: delivery.createdAt.toISOString(),
  };
}
