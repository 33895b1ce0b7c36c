import type { JsonObject } from '../json.js';

/** What waits for one browser to come back: a request sent to another provider, or the identity that it answered. */
export interface UpstreamRequest {
  /** Of the secret that names it. */
  readonly tokenHash: Buffer;
  /** Unreadable at rest. */
  readonly content: JsonObject;
  readonly expiresAt: Date;
}

/** Where they live. Tokens are stored as hashes only. */
export interface UpstreamRequestStore {
  add(request: UpstreamRequest): Promise<void>;
  /** Like `add`, where nothing of that token is there. @returns whether it was added */
  addOnce(request: UpstreamRequest): Promise<boolean>;
  /** @returns what it holds, unless it expired */
  find(tokenHash: Buffer, at: Date): Promise<JsonObject | undefined>;
  /** Uses it up: to one caller alone. */
  take(tokenHash: Buffer, at: Date): Promise<JsonObject | undefined>;
  /** Removes what has expired. @returns how many */
  purge(at: Date): Promise<number>;
}
