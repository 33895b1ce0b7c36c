import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import type { JsonObject } from '../domain/json.js';
import type { SigningAlgorithm, SigningKey } from '../domain/signing-keys/signing-key.js';

/** Longer ones are not of this provider. */
const LONGEST = 16_384;

/**
 * Reads a JWT access token that this provider signed. Only the signature, the type and the issuer are checked.
 * @param keys the keys of this provider, retired ones too
 * @returns its claims; undefined when it is anything else
 * @see RFC 9068 §4, RFC 8725 §3.1
 */
export function readOwnJwt(
  value: string,
  { keys, issuer }: { readonly keys: readonly SigningKey[]; readonly issuer: string },
): JsonObject | undefined {
  const [head, body, signature, ...rest] = value.split('.');
  if (value.length > LONGEST || !head || !body || !signature || rest.length > 0) return undefined;
  const header = parse(head);
  const key = keys.find(({ kid }) => kid === header?.['kid']);
  // The key says which algorithm it is for; the token has no choice.
  if (!header || !key || header['alg'] !== key.algorithm || header['typ'] !== 'at+jwt') return undefined;
  if (!isSigned(`${head}.${body}`, Buffer.from(signature, 'base64url'), key)) return undefined;
  const claims = parse(body);
  return claims?.['iss'] === issuer ? claims : undefined;
}

/**
 * For whom a JWT access token says that it is, whoever wrote it: nothing of it is proved.
 * @returns undefined for all that is none
 */
export function claimedAudience(value: string): string | undefined {
  const [head = '', body = ''] = value.length > LONGEST ? [] : value.split('.', 2);
  if (parse(head)?.['typ'] !== 'at+jwt') return undefined;
  const audience = parse(body)?.['aud'];
  return typeof audience === 'string' ? audience : undefined;
}

const DIGEST: Readonly<Record<SigningAlgorithm, string | undefined>> = {
  RS256: 'sha256',
  ES256: 'sha256',
  EdDSA: undefined,
};

/** Reading a key from its JWK takes longer than verifying with it. */
const publicKeys = new WeakMap<SigningKey, KeyObject>();

function publicKeyOf(signingKey: SigningKey): KeyObject {
  const known = publicKeys.get(signingKey);
  if (known) return known;
  const key = createPublicKey({ key: signingKey.privateJwk, format: 'jwk' });
  publicKeys.set(signingKey, key);
  return key;
}

function isSigned(input: string, signature: Buffer, signingKey: SigningKey): boolean {
  const key = publicKeyOf(signingKey);
  return verify(
    DIGEST[signingKey.algorithm],
    Buffer.from(input),
    { key, dsaEncoding: 'ieee-p1363' },
    signature,
  );
}

function parse(part: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}
