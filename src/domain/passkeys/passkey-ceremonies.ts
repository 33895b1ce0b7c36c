import type { JsonObject } from '../json.js';
import type { ChallengeCheck } from './passkey-challenge.js';
import type { Passkey } from './passkey.js';

/** What an authenticator has made. */
export type CreatedCredential = Omit<Passkey, 'id' | 'accountId' | 'name' | 'createdAt' | 'lastUsedAt'>;

/** What an answer claims, before anything of it is checked. */
export interface PresentedAssertion {
  readonly credentialId: Buffer;
  /** Whose passkey the authenticator takes it for. */
  readonly userHandle: Buffer | undefined;
}

/** What a checked answer tells. */
export interface VerifiedAssertion {
  readonly signCount: number;
  readonly backedUp: boolean;
}

/** A reference to a passkey that browsers are given. */
export type PasskeyReference = Pick<Passkey, 'credentialId' | 'transports'>;

/**
 * The ceremonies of WebAuthn, for the origin of this provider alone. Answers are the JSON texts that browsers make;
 * whatever else they are, nothing is thrown.
 * @see WebAuthn Level 3 §7.1, §7.2
 */
export interface PasskeyCeremonies {
  /** Domain to which passkeys are bound. */
  readonly rpId: string;
  /** What browsers ask an authenticator for a new passkey with. @see WebAuthn Level 3 §5.4 */
  creationOptions(input: {
    readonly challenge: Buffer;
    /** Tells accounts apart and says nothing about them; at most 64 bytes. */
    readonly userHandle: Buffer;
    /** How its owner knows the account. */
    readonly userName: string;
    readonly displayName: string;
    /** Authenticators that have one of these make no other. */
    readonly excluded: readonly PasskeyReference[];
  }): Promise<JsonObject>;
  /**
   * What browsers ask for a signature with.
   * @param input.allowed absent: any passkey of this provider that the person picks
   * @see WebAuthn Level 3 §5.5
   */
  requestOptions(input: {
    readonly challenge: Buffer;
    readonly allowed?: readonly PasskeyReference[] | undefined;
  }): Promise<JsonObject>;
  /** @returns undefined for an answer that is wrong in any way */
  verifyCreation(answer: string, isExpected: ChallengeCheck): Promise<CreatedCredential | undefined>;
  /** @returns undefined for what is no answer at all */
  readAssertion(answer: string): PresentedAssertion | undefined;
  /** Checks everything but the count. @returns undefined for an answer that is wrong in any way */
  verifyAssertion(
    answer: string,
    isExpected: ChallengeCheck,
    passkey: Pick<Passkey, 'credentialId' | 'publicKey' | 'transports'>,
  ): Promise<VerifiedAssertion | undefined>;
}
