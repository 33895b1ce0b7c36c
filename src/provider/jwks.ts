import type { JWKS } from 'oidc-provider';
import { signingKeyStatus, type SigningKey } from '../domain/signing-keys/signing-key.js';

/**
 * The key set in the order that the library signs by: the first key of an algorithm signs, the others only verify.
 * @param keys newest first
 * @param at the moment that the set is for
 * @see RFC 7517 §5
 */
export function toJwks(keys: readonly SigningKey[], at: Date): JWKS {
  const status = (key: SigningKey) => signingKeyStatus(key, at);
  const signing = keys.filter((key) => status(key) === 'signing');
  // A key that is not to sign yet stands before retired ones: it signs where there is no other.
  const published = keys.filter((key) => status(key) === 'published');
  const retired = keys.filter((key) => status(key) === 'retired');
  return {
    keys: [...signing, ...published, ...retired].map(({ kid, algorithm, privateJwk }) => ({
      ...privateJwk,
      kty: privateJwk.kty ?? '',
      kid,
      alg: algorithm,
      use: 'sig',
    })),
  };
}
