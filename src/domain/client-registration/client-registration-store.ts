import { createHash } from 'node:crypto';
import type { PolicyPart } from './registration-policy.js';

/** What every registration access token begins with, so that a scanner recognises one that has leaked. */
export const REGISTRATION_ACCESS_TOKEN_PREFIX = 'lk_rat_';

/** How a client came to be that registered itself. */
export interface OwnRegistration {
  readonly clientId: string;
  /** Of the token by which it looks after itself. @see RFC 7592 §3 */
  readonly accessTokenHash: Buffer;
  /** The token that let it register, absent where anybody may. */
  readonly initialAccessTokenId: string | undefined;
  /** What that token laid down; it holds for later changes too. */
  readonly policy: PolicyPart;
  readonly registeredAt: Date;
  /** When somebody first signed in to it, or it first got tokens. */
  readonly usedAt: Date | undefined;
}

/** Where they live; each goes with its client. */
export interface ClientRegistrationStore {
  insert(registration: OwnRegistration): Promise<void>;
  find(clientId: string): Promise<OwnRegistration | undefined>;
  /**
   * Puts another token in place of the one that is presented, atomically: one token is replaced once.
   * @returns false when the presented one is not the current one
   */
  replaceAccessToken(clientId: string, presented: Buffer, next: Buffer): Promise<boolean>;
  /** Notes the first use; later ones change nothing. */
  markUsed(clientId: string, at: Date): Promise<void>;
  /** How many have never been used, counted to the limit. */
  countUnused(limit: number): Promise<number>;
  /** Keeps others from using or changing the registrations that it names: never used, and made before. */
  claimUnused(before: Date, limit: number): Promise<readonly string[]>;
}

/** What is stored of a token: it has 256 random bits, so a plain hash cannot be searched. */
export function hashRegistrationAccessToken(token: string): Buffer {
  return createHash('sha256').update('latchkey registration access token\0').update(token).digest();
}
