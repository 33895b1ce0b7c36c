/** By which JWTs of others may be signed: asymmetric ones only. @see RFC 8725 §3.1, §3.2 */
export const SIGNATURE_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519'] as const;
