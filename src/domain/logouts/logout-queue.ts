import type { LogoutDelivery } from './logout-delivery.js';

export interface LogoutDeliveryQuery {
  /** At most so many, 1 to 200. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string | undefined;
  readonly state?: LogoutDelivery['state'] | undefined;
}

export interface LogoutDeliveryPage {
  readonly deliveries: readonly LogoutDelivery[];
  /** Where the next page begins; undefined on the last one. */
  readonly next: string | undefined;
}

/** The applications that are still to be told of logouts. */
export interface LogoutQueue {
  /** Makes a delivery for each application that took part in a session that has ended. @returns how many sessions */
  spread(at: Date): Promise<number>;
  /** Makes one delivery. */
  add(delivery: Pick<LogoutDelivery, 'clientId' | 'accountId' | 'sid'>, at: Date): Promise<void>;
  /**
   * Takes deliveries that are due, so that no other instance takes them before the lease is over, and counts the try.
   * @param leaseUntil when another may take them, should this one not come back
   */
  take(limit: number, at: Date, leaseUntil: Date): Promise<readonly LogoutDelivery[]>;
  /** The application has been told, or need not be. */
  done(id: string): Promise<void>;
  /** @param retryAt undefined: it is given up */
  failed(id: string, failure: string, retryAt: Date | undefined): Promise<void>;
  /** Newest first. @returns undefined when `after` is no place in the list */
  list(query: LogoutDeliveryQuery): Promise<LogoutDeliveryPage | undefined>;
  /** How many deliveries wait, and how many were given up. */
  backlog(): Promise<{ readonly pending: number; readonly dead: number }>;
  /** Has a delivery tried again now, from the first wait on. @returns false when there is none */
  retry(id: string, at: Date): Promise<boolean>;
  /** Forgets deliveries that were given up before. @returns how many */
  purge(before: Date): Promise<number>;
}
