import type { JsonObject } from '../json.js';

/**
 * How the subject of an assertion names a person here.
 * - `account_id`: `sub` is the id of the account
 * - `email`: the claim `email`, which the issuer says is verified, is the verified address of the account
 * - `linked_account`: the account is linked with this `sub` of the issuer
 */
export const ASSERTION_SUBJECTS = ['account_id', 'email', 'linked_account'] as const;
export type AssertionSubject = (typeof ASSERTION_SUBJECTS)[number];

/** Where the public keys of an issuer come from. */
export type IssuerKeys =
  | { readonly jwks: JsonObject }
  /** `privateNetwork`: the operator says that it is on a private network. */
  | { readonly jwksUri: string; readonly privateNetwork: boolean };

/** An issuer whose assertions are taken, and what for. @see RFC 7523 §3 */
export interface TrustedIssuer {
  /** Exactly as it stands in `iss`. */
  readonly issuer: string;
  readonly keys: IssuerKeys;
  readonly subject: AssertionSubject;
  /** Ids of the clients that may present its assertions. */
  readonly clients: readonly string[];
  /** Identifiers of the declared resource servers that tokens are for. */
  readonly resources: readonly string[];
  /** Scopes that tokens may have. */
  readonly scopes: readonly string[];
  /** Seconds for which an assertion may be valid. */
  readonly maxLifetimeSeconds: number;
}

/** What a valid assertion says. */
export interface Assertion {
  readonly trusted: TrustedIssuer;
  readonly subject: string;
  /** Of the issuer; one assertion is taken once. */
  readonly jti: string;
  /** Epoch seconds. */
  readonly expiresAt: number;
  /** Absent unless the issuer says that it is verified. */
  readonly verifiedEmail: string | undefined;
}

/** An assertion that is not taken; the message is for the log, and names no value of it. */
export class UnacceptableAssertion extends Error {
  override readonly name = 'UnacceptableAssertion';
}

/**
 * Checks an assertion: signature, issuer, audience, times.
 * @throws {UnacceptableAssertion}
 * @see RFC 7523 §3
 */
export type ReadAssertion = (jwt: string) => Promise<Assertion>;
