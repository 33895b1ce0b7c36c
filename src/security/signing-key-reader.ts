import { createPrivateKey, type JsonWebKey } from 'node:crypto';
import { DomainError } from '../domain/errors.js';
import type { SigningKeyReader } from '../domain/signing-keys/import-signing-key.js';
import type { SigningAlgorithm } from '../domain/signing-keys/signing-key.js';
import { thumbprint } from './signing-key-generator.js';

/** @see RFC 7518 §3.3: no shorter key may be used */
const SHORTEST_MODULUS = 2048;

/** Reads private keys with Node's own cryptography. */
export const signingKeyReader: SigningKeyReader = {
  read(jwk, times) {
    const privateJwk = normalised(jwk);
    return {
      // The thumbprint, unless applications know the key by another name.
      kid: typeof jwk['kid'] === 'string' && jwk['kid'] !== '' ? jwk['kid'] : thumbprint(privateJwk),
      algorithm: algorithmOf(jwk, privateJwk),
      privateJwk,
      ...times,
      retiredAt: undefined,
    };
  },
};

/** Without what is not part of the key itself: `kid`, `alg`, `use`, certificates. */
function normalised(jwk: JsonWebKey): JsonWebKey {
  try {
    const key = createPrivateKey({ key: jwk, format: 'jwk' });
    const bits = key.asymmetricKeyDetails?.modulusLength;
    if (bits !== undefined && bits < SHORTEST_MODULUS) {
      throw unusable(`The RSA key has ${bits} bits. Use one of ${SHORTEST_MODULUS} or more (RFC 7518 §3.3).`);
    }
    return key.export({ format: 'jwk' });
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw unusable(
      'This is not a private key as JSON Web Key (RFC 7517). Export it with its private part, "d".',
    );
  }
}

function algorithmOf(jwk: JsonWebKey, { kty, crv }: JsonWebKey): SigningAlgorithm {
  const algorithm =
    kty === 'RSA' ? 'RS256' : crv === 'P-256' ? 'ES256' : crv === 'Ed25519' ? 'EdDSA' : undefined;
  const stated: unknown = jwk['alg'];
  if (algorithm === undefined) {
    throw unusable('Keys of this kind are not used here. Use RSA, P-256 or Ed25519.');
  }
  if (stated !== undefined && stated !== algorithm) {
    throw unusable(`The key says "alg": ${JSON.stringify(stated)}; it would be used with ${algorithm} here.`);
  }
  return algorithm;
}

function unusable(detail: string): DomainError {
  return new DomainError('invalid_input', detail, [{ field: 'jwk', code: 'jwk_unusable', detail }]);
}
