import type { JWKS } from 'oidc-provider';
import type { SigningKey } from '../domain/signing-keys/signing-key.js';

/**
 * The key set in the order that the library signs by: the first key of an algorithm signs, the others only verify.
 * @param keys newest first
 * @see RFC 7517 §5
 */
export function toJwks(keys: readonly SigningKey[]): JWKS {
  const active = keys.filter((key) => !key.retiredAt);
  const retired = keys.filter((key) => key.retiredAt);
  return {
    keys: [...active, ...retired].map(({ kid, algorithm, privateJwk }) => ({
      ...privateJwk,
      kty: privateJwk.kty ?? '',
      kid,
      alg: algorithm,
      use: 'sig',
    })),
  };
}
