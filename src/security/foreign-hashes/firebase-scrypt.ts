import { createCipheriv } from 'node:crypto';
import { isSame, LONGEST_SALT, malformed, type OpenHash } from './opened-hash.js';
import { readBase64, writeBase64 } from './read-base64.js';
import { deriveScrypt, isPossible, scryptFault } from './scrypt.js';

const FORMAT =
  /^\$firebase-scrypt\$ln=(\d{1,2}),r=(\d{1,4}),sep=([A-Za-z0-9+/]*),key=([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]*)\$([A-Za-z0-9+/]+)$/;
/** Octets of the AES key. */
const KEY_LENGTH = 32;
const LANES = 1;

/** What Firebase tells of a project (signer key, salt separator, rounds, memory cost) and of a user (salt, hash). */
export interface FirebaseHash {
  readonly signerKey: Buffer;
  readonly saltSeparator: Buffer;
  readonly salt: Buffer;
  readonly hash: Buffer;
  /** scrypt's r. */
  readonly rounds: number;
  /** Base-2 logarithm of scrypt's N. */
  readonly memCost: number;
}

/** Puts everything that is needed to verify a hash of Firebase into one string of our own. */
export function writeFirebaseScrypt(given: FirebaseHash): string {
  const { signerKey, saltSeparator, salt, hash, rounds, memCost } = given;
  const parameters = `ln=${memCost},r=${rounds},sep=${writeBase64(saltSeparator)},key=${writeBase64(signerKey)}`;
  return `$firebase-scrypt$${parameters}$${writeBase64(salt)}$${writeBase64(hash)}`;
}

/**
 * Firebase's variant: a key is derived by scrypt from password, salt and separator, and the project's signer key,
 * encrypted with it (AES-256-CTR, counter from zero), is the hash.
 * @see https://github.com/firebase/scrypt
 */
export const openFirebaseScrypt: OpenHash = (text) => {
  if (!text.startsWith('$firebase-scrypt$')) return undefined;
  const [, ln, r, sep = '', key = '', saltText = '', hashText = ''] = FORMAT.exec(text) ?? [];
  const cost = { log2N: Number(ln), r: Number(r), p: LANES };
  const [separator, signerKey, salt, hash] = [sep, key, saltText, hashText].map(readBase64);
  if (!separator || !signerKey || !salt || !hash || !isPossible(cost)) return malformedFirebase();
  // The cipher keeps the length, so a hash of another one can match nothing.
  const fits = hash.length === signerKey.length && hash.length >= KEY_LENGTH && hash.length <= LONGEST_SALT;
  if (!fits || salt.length + separator.length > LONGEST_SALT) return malformedFirebase();
  return (
    scryptFault(cost) ?? {
      async verify(password) {
        const derived = await deriveScrypt(password, Buffer.concat([salt, separator]), cost, KEY_LENGTH);
        const cipher = createCipheriv('aes-256-ctr', derived, Buffer.alloc(16));
        return isSame(Buffer.concat([cipher.update(signerKey), cipher.final()]), hash);
      },
    }
  );
};

function malformedFirebase() {
  return malformed(
    'firebase-scrypt',
    'an object with signer_key, salt_separator, salt and hash in Base64, and rounds and mem_cost',
  );
}
