import type { IdentityProvider } from './identity-provider.js';
import type { UpstreamIdentity } from './upstream-identity.js';

/** What is asked of another provider. */
export interface UpstreamWish {
  /** Where it sends the person back to. */
  readonly redirectUri: string;
  readonly state: string;
  /** The person has to sign in there now, whatever session they have. */
  readonly fresh: boolean;
  readonly loginHint?: string | undefined;
  readonly uiLocales?: string | undefined;
}

/** What is asked of another provider at which somebody signs out. @see OpenID Connect RP-Initiated Logout 1.0 §2 */
export interface UpstreamSignOutWish {
  /** Names the session there, so that the provider need not ask whose it is. */
  readonly idToken?: string | undefined;
  /** Where it sends the person back to afterwards, with the state; absent: they stay there. */
  readonly comeBack?: { readonly uri: string; readonly state: string } | undefined;
}

/** What the answer is checked by; it is a secret until then. */
export interface UpstreamChecks {
  /** @see RFC 7636 §4.1 */
  readonly codeVerifier: string;
  readonly nonce: string;
  /** Epoch seconds: a sign-in before this time does not count. */
  readonly notBefore?: number | undefined;
}

/** Speaks the protocol with other providers. */
export interface UpstreamProtocol {
  /** @throws {UpstreamError} `unreachable`, `invalid_answer` */
  begin(
    provider: IdentityProvider,
    wish: UpstreamWish,
  ): Promise<{ readonly uri: string; readonly checks: UpstreamChecks }>;
  /**
   * @param answer.uri the address at which the person came back, with its query
   * @throws {UpstreamError} `denied`, `unreachable`, `invalid_answer`, `not_fresh`
   */
  finish(
    provider: IdentityProvider,
    answer: { readonly uri: string; readonly state: string; readonly checks: UpstreamChecks },
  ): Promise<UpstreamIdentity>;
  /**
   * @returns where people sign out there; undefined where there is no such place
   * @throws {UpstreamError} `unreachable`, `invalid_answer`
   */
  signOutUri(provider: IdentityProvider, wish: UpstreamSignOutWish): Promise<string | undefined>;
}
