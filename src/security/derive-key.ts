import { createHmac, hkdfSync } from 'node:crypto';
import type { KeyedHash } from '../domain/sealing.js';

/**
 * Derives an independent key for one purpose.
 * @param secret high-entropy input, at least 32 characters or bytes
 * @param purpose says what the key is for; two purposes never share a key
 * @returns 32 bytes
 * @see RFC 5869
 */
export function deriveKey(secret: Buffer | string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'latchkey', purpose, 32));
}

/** HMAC-SHA-256 of texts. @see RFC 2104 */
export function createKeyedHash(key: Buffer): KeyedHash {
  return (text) => createHmac('sha256', key).update(text).digest();
}
