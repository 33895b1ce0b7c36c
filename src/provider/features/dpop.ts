import type { Configuration } from 'oidc-provider';

type Feature = NonNullable<NonNullable<Configuration['features']>['dPoP']>;

/** Algorithms of proofs. */
export const PROOF_ALGORITHMS = ['ES256', 'Ed25519', 'EdDSA'] as const;

/**
 * Tokens that only the holder of a key can use.
 * @param nonceSecret 32 bytes that all instances share, so that each accepts the nonces of the others
 * @see RFC 9449
 */
export function dpop(enabled: boolean, nonceSecret: Buffer): Feature {
  return { enabled, nonceSecret };
}
