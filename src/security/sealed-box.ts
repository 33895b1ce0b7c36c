import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';
import type { Sealer } from '../domain/sealing.js';

const FORMAT = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + IV_BYTES + TAG_BYTES;

/** Random bytes for nonces, drawn many at a time: asking for 12 costs as much as sealing with them. */
const nonces = Buffer.allocUnsafe(IV_BYTES * 256);
let used = nonces.length;

function fillNonce(iv: Buffer): void {
  if (used === nonces.length) {
    randomFillSync(nonces);
    used = 0;
  }
  nonces.copy(iv, 0, used, (used += IV_BYTES));
}

/**
 * AES-256-GCM with a random nonce; the context is authenticated, so that a sealed text cannot be moved elsewhere.
 * Layout: format (1 byte), nonce (12), tag (16), ciphertext.
 * @param key 32 bytes
 * @see NIST SP 800-38D
 */
export function createSealedBox(key: Buffer): Sealer {
  return {
    seal(plaintext, context) {
      const sealed = Buffer.allocUnsafe(HEADER_BYTES + plaintext.length);
      sealed[0] = FORMAT;
      const iv = sealed.subarray(1, 1 + IV_BYTES);
      fillNonce(iv);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(context);
      cipher.update(plaintext).copy(sealed, HEADER_BYTES);
      cipher.final();
      cipher.getAuthTag().copy(sealed, 1 + IV_BYTES);
      return sealed;
    },
    open(sealed, context) {
      if (sealed.length < HEADER_BYTES || sealed[0] !== FORMAT)
        throw new Error('unknown format of a sealed text');
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + IV_BYTES))
        .setAAD(context)
        .setAuthTag(sealed.subarray(1 + IV_BYTES, HEADER_BYTES));
      const plaintext = decipher.update(sealed.subarray(HEADER_BYTES));
      decipher.final();
      return plaintext;
    },
  };
}
