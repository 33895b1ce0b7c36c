import type { JsonObject } from '../json.js';
import type { DeliveryQueue } from '../deliveries/deliver-due.js';

/** What an application asks of a person. @see OpenID Connect CIBA Core 1.0 §7.1 */
export interface BackchannelAsk {
  readonly accountId: string;
  readonly clientId: string;
  /** A bearer value: with it the application gets its tokens. */
  readonly authRequestId: string;
  /** What stands at the device that asks too, so that the person can compare. */
  readonly bindingMessage: string | undefined;
  readonly scopes: readonly string[];
  /** Identifiers of resource servers. */
  readonly resources: readonly string[];
  /** What the request says of how the person signs in: `acr_values`, `claims`, `max_age`. */
  readonly authentication: JsonObject;
  /** Whether the application is told as soon as there is an answer. */
  readonly wantsPing: boolean;
  readonly expiresAt: Date;
}

/** A request that waits for its answer, or has it. */
export interface BackchannelRequest extends BackchannelAsk {
  readonly id: string;
  readonly createdAt: Date;
}

export type BackchannelDecision = 'allowed' | 'denied';

/** An application that is to be told that there is an answer. */
export interface PingDelivery {
  readonly id: string;
  readonly clientId: string;
  readonly authRequestId: string;
  readonly attempts: number;
  readonly expiresAt: Date;
}

/** Where requests live. */
export interface BackchannelRequestStore {
  /**
   * Keeps a request, unless the person has been asked too often: of any number of requests at once no more than the limits
   * are kept.
   * @param limits.waiting requests that may wait for an answer at a time
   * @param limits.since from when on all requests are counted
   * @param limits.most of them
   * @returns its id; undefined when it is not kept
   */
  add(
    ask: BackchannelAsk,
    at: Date,
    limits: { readonly waiting: number; readonly since: Date; readonly most: number },
  ): Promise<string | undefined>;
  /** Those that wait for an answer of the person, the newest first. */
  listWaiting(accountId: string, at: Date): Promise<readonly BackchannelRequest[]>;
  /**
   * Notes the answer, once.
   * @param pingAt when the application is told, where it wants to be
   * @returns undefined when the request does not wait for an answer of the person any more
   */
  decide(
    input: { readonly id: string; readonly accountId: string; readonly decision: BackchannelDecision },
    at: Date,
    pingAt: Date,
  ): Promise<BackchannelRequest | undefined>;
  /** Has the application told now. */
  pingNow(id: string, at: Date): Promise<void>;
  /** Removes requests that ended before. @returns how many */
  purge(before: Date): Promise<number>;
}

/** Applications that wait to be told. */
export type PingQueue = DeliveryQueue<PingDelivery>;
