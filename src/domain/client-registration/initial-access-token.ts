import { createHash } from 'node:crypto';
import type { JsonObject } from '../json.js';
import { presentPolicyPart, type PolicyPart } from './registration-policy.js';

/** What every initial access token begins with, so that a scanner recognises one that has leaked. */
export const INITIAL_ACCESS_TOKEN_PREFIX = 'lk_iat_';

/**
 * Lets applications register themselves: so many times, until a day, and under a policy.
 * @see RFC 7591 §1.2
 */
export interface InitialAccessToken {
  /** UUIDv7. */
  readonly id: string;
  /** For those who administer. */
  readonly name: string;
  /** Parts that take the place of the configuration's. */
  readonly policy: PolicyPart;
  readonly maxUses: number;
  readonly uses: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date | undefined;
}

/** Where they live. */
export interface InitialAccessTokenStore {
  insert(token: InitialAccessToken, tokenHash: Buffer): Promise<void>;
  /** @returns undefined when it is unknown, expired or used up */
  findLive(tokenHash: Buffer, at: Date): Promise<InitialAccessToken | undefined>;
  /**
   * Takes one use, atomically: of any number at once, no more succeed than there are left.
   * @returns undefined when there is none left, or it is unknown or expired
   */
  use(tokenHash: Buffer, at: Date): Promise<InitialAccessToken | undefined>;
  /** Ordered by id, which is by age; those that are used up or have lately expired too. */
  list(page: {
    readonly limit: number;
    readonly after?: string | undefined;
  }): Promise<readonly InitialAccessToken[]>;
  /** @returns the token that was removed */
  remove(id: string): Promise<InitialAccessToken | undefined>;
  /** Forgets those that expired before. @returns how many */
  purge(before: Date): Promise<number>;
}

/** What is stored of a token: it has 256 random bits, so a plain hash cannot be searched. */
export function hashInitialAccessToken(token: string): Buffer {
  return createHash('sha256').update('latchkey initial access token\0').update(token).digest();
}

/** A token for those who administer. @param text the token itself, while it is known: once */
export function presentInitialAccessToken(token: InitialAccessToken, text?: string): JsonObject {
  return {
    id: token.id,
    name: token.name,
    ...(text === undefined ? {} : { initial_access_token: text }),
    max_uses: token.maxUses,
    uses: token.uses,
    policy: presentPolicyPart(token.policy),
    created_at: token.createdAt.toISOString(),
    expires_at: token.expiresAt.toISOString(),
    last_used_at: token.lastUsedAt?.toISOString() ?? null,
  };
}
