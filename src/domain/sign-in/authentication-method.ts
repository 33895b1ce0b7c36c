import type { UpstreamSession } from '../upstream/upstream-session.js';

/** A way in which a person proves who they are. */
export type AuthenticationMethod =
  | 'password'
  /** With the verification of the user by the authenticator: two factors in one. */
  | 'passkey'
  | 'totp'
  | 'recovery_code'
  /** A link that was sent to the account's address. */
  | 'email_link'
  /** Another provider vouched for the person. */
  | 'upstream';

/** One proof that was given, and when. */
export interface Proof {
  readonly method: AuthenticationMethod;
  readonly accountId: string;
  /** For `upstream`: what the other provider said. @see RFC 8176 §2 */
  readonly amr?: readonly string[] | undefined;
  /** For `upstream`: the session there. */
  readonly upstream?: UpstreamSession | undefined;
}

/** A proof as an attempt keeps it. */
export interface GivenProof {
  readonly method: AuthenticationMethod;
  /** Epoch seconds. */
  readonly at: number;
  /** Where it is not what the method always yields. @see RFC 8176 §2 */
  readonly amr?: readonly string[] | undefined;
  /** For `upstream`: the session there; absent where it was proved by an earlier session here. */
  readonly upstream?: UpstreamSession | undefined;
}
