import { createHash, generateKeyPair, type JsonWebKey, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { SigningKeyGenerator } from '../domain/signing-keys/ensure-signing-keys.js';
import type { SigningAlgorithm } from '../domain/signing-keys/signing-key.js';

const generate = promisify(generateKeyPair);

/** Makes key pairs with Node's own cryptography. @see RFC 7518 §3.1, RFC 8037 §3.1 */
export const signingKeyGenerator: SigningKeyGenerator = {
  async generate(algorithm, times) {
    const privateKey = await generatePrivateKey(algorithm);
    const privateJwk = privateKey.export({ format: 'jwk' });
    return { kid: thumbprint(privateJwk), algorithm, privateJwk, ...times, retiredAt: undefined };
  },
};

async function generatePrivateKey(algorithm: SigningAlgorithm): Promise<KeyObject> {
  switch (algorithm) {
    case 'RS256':
      return (await generate('rsa', { modulusLength: 2048 })).privateKey;
    case 'ES256':
      return (await generate('ec', { namedCurve: 'P-256' })).privateKey;
    case 'EdDSA':
      return (await generate('ed25519')).privateKey;
  }
}

/** @see RFC 7638 §3 */
export function thumbprint({ crv, e, kty, n, x, y }: JsonWebKey): string {
  const members = kty === 'RSA' ? { e, kty, n } : kty === 'EC' ? { crv, kty, x, y } : { crv, kty, x };
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}
