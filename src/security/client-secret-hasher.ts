import { createHmac, hash as digestOnce, timingSafeEqual } from 'node:crypto';
import type { ClientSecretHasher } from '../domain/clients/client-secret-hasher.js';

const SCHEME = 'hmac-sha256:';

/** Bytes; a shorter key would be the weakest part. @see RFC 2104 §3 */
const MIN_KEY_BYTES = 32;

const MOST_ACCEPTED = 4_096;

/**
 * Hashes client secrets with HMAC-SHA-256. They are 256 random bits, or come from the operator and are long, so a slow
 * password hash would add cost at every token request and no safety; the key keeps a stolen table useless.
 * @param keys at least 32 bytes each, the same after a restart. The first one hashes, all of them compare, so that the
 *   key can be rotated; once a key is gone, the secrets that were hashed with it are refused.
 * @throws {RangeError} when a key is too short
 * @see RFC 2104
 */
export function createClientSecretHasher(keys: readonly [Buffer, ...Buffer[]]): ClientSecretHasher {
  for (const key of keys) {
    if (key.length < MIN_KEY_BYTES)
      throw new RangeError(`A client secret key needs at least ${MIN_KEY_BYTES} bytes.`);
  }
  const digest = (key: Buffer, secret: string): Buffer =>
    createHmac('sha256', key).update(secret, 'utf8').digest();
  const matchesAnyKey = (hash: string, secret: string): boolean => {
    const expected = Buffer.from(hash.slice(SCHEME.length), 'base64url');
    return keys
      .map((key) => digest(key, secret))
      .map((actual) => actual.length === expected.length && timingSafeEqual(actual, expected))
      .includes(true);
  };
  /** Pairs of a hash and a digest of the secret that it matched: a busy client shows the same secret at every request. */
  const accepted = new Set<string>();
  return {
    hash: (secret) => `${SCHEME}${digest(keys[0], secret).toString('base64url')}`,
    matches(hash, secret) {
      if (!hash.startsWith(SCHEME)) return false;
      const pair = hash + digestOnce('sha256', secret, 'base64');
      if (accepted.has(pair)) return true;
      const isMatch = matchesAnyKey(hash, secret);
      if (isMatch) {
        if (accepted.size >= MOST_ACCEPTED) accepted.clear();
        accepted.add(pair);
      }
      return isMatch;
    },
  };
}
