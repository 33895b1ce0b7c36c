import type { JsonWebKey } from 'node:crypto';

/** The algorithms for which this provider keeps keys. */
export const SIGNING_ALGORITHMS = ['RS256', 'ES256', 'EdDSA'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** A key that signs ID tokens, access tokens and logout tokens. */
export interface SigningKey {
  /** RFC 7638 thumbprint. */
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  /** Private key; it never leaves the process unsealed. */
  readonly privateJwk: JsonWebKey;
  readonly createdAt: Date;
  /** Published for verification, no longer used to sign. */
  readonly retiredAt: Date | undefined;
}
