import type { Configuration } from 'oidc-provider';
import { assertRequestObject } from '../assert-request-object.js';

type Features = NonNullable<Configuration['features']>;

/** Messages that are JWTs, each for itself. */
export interface SignedMessages {
  /** Requests that the client signs. @see RFC 9101 */
  readonly requestObjects: boolean;
  /** Authorization responses that this provider signs. @see JWT Secured Authorization Response Mode (JARM) 1.0 */
  readonly jarm: boolean;
  /** @see OpenID Connect Core 1.0 §5.3.2 */
  readonly jwtUserinfo: boolean;
  /** @see RFC 9701 */
  readonly jwtIntrospection: boolean;
  /** Any of them, and ID tokens, encrypted to the client's key. @see OpenID Connect Core 1.0 §10.2 */
  readonly encryption: boolean;
}

/** The library's features for signed and encrypted messages. Request objects come by value or pushed, never from an address. */
export function signedMessages(
  on: SignedMessages,
): Pick<Features, 'requestObjects' | 'jwtResponseModes' | 'jwtUserinfo' | 'jwtIntrospection' | 'encryption'> {
  return {
    requestObjects: on.requestObjects
      ? { enabled: true, assertJwtClaimsAndHeader: assertRequestObject }
      : { enabled: false },
    jwtResponseModes: { enabled: on.jarm },
    jwtUserinfo: { enabled: on.jwtUserinfo },
    jwtIntrospection: { enabled: on.jwtIntrospection },
    encryption: { enabled: on.encryption },
  };
}
