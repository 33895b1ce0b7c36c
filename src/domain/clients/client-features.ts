import { NO_ENCRYPTION, type EncryptionFeatures } from './client-encryption-rules.js';
import type { FurtherResponseType } from './response-types.js';

/** The parts of the protocol that a client's metadata may ask for only while they are on. */
export interface ClientFeatures extends EncryptionFeatures {
  /** Certificates of clients. @see RFC 8705 */
  readonly mtls: boolean;
  /** Whether their chains are verified on the way here, so that a name in one proves something. @see RFC 8705 §2.1 */
  readonly tlsClientAuth: boolean;
  /** @see OpenID Connect CIBA Core 1.0 */
  readonly ciba: boolean;
  /** Attestations of client instances. @see draft-ietf-oauth-attestation-based-client-auth */
  readonly clientAttestation: boolean;
  /** @see RFC 9449 */
  readonly dpop: boolean;
  /** Response types besides `code`. */
  readonly responseTypes: readonly FurtherResponseType[];
}

/** For a provider with nothing but the plain code flow. */
export const NO_CLIENT_FEATURES: ClientFeatures = {
  ...NO_ENCRYPTION,
  mtls: false,
  tlsClientAuth: false,
  ciba: false,
  clientAttestation: false,
  dpop: false,
  responseTypes: [],
};
