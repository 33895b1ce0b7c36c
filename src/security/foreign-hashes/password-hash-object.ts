import type { JsonObject, JsonValue } from '../../domain/json.js';
import { writeFirebaseScrypt } from './firebase-scrypt.js';
import { malformed, type HashFault } from './opened-hash.js';
import { readBase64 } from './read-base64.js';
import { isShaDigest, writeSaltedSha } from './salted-sha.js';

/**
 * Writes a hash whose parts are given one by one as the string in which it is stored.
 * @param given with `algorithm` `firebase-scrypt`, `salted-sha1`, `salted-sha256`, `salted-sha384` or `salted-sha512`
 * @returns the string, still to be opened; undefined when the algorithm is none of them
 */
export function writePasswordHashObject(given: JsonObject): string | HashFault | undefined {
  const { algorithm } = given;
  if (algorithm === 'firebase-scrypt') return readFirebase(given);
  if (typeof algorithm !== 'string' || !algorithm.startsWith('salted-')) return undefined;
  return readSaltedSha(algorithm.slice('salted-'.length), given);
}

function readFirebase(given: JsonObject): string | HashFault {
  const [signerKey, saltSeparator, salt, hash] = ['signer_key', 'salt_separator', 'salt', 'hash'].map(
    (name) => base64In(given[name]),
  );
  const { rounds, mem_cost: memCost } = given;
  const known = ['algorithm', 'signer_key', 'salt_separator', 'salt', 'hash', 'rounds', 'mem_cost'];
  if (
    !signerKey ||
    !saltSeparator ||
    !salt ||
    !hash ||
    !isCount(rounds) ||
    !isCount(memCost) ||
    hasOthers(given, known)
  ) {
    return malformed(
      'firebase-scrypt',
      'an object with signer_key, salt_separator, salt and hash in Base64, and rounds and mem_cost',
    );
  }
  return writeFirebaseScrypt({ signerKey, saltSeparator, salt, hash, rounds, memCost });
}

function readSaltedSha(digest: string, given: JsonObject): string | HashFault | undefined {
  if (!isShaDigest(digest)) return undefined;
  const { salt: saltText, salt_encoding: encoding = 'utf8', salt_position: saltPosition = 'before' } = given;
  const salt = typeof saltText === 'string' ? readBytes(saltText, encoding) : undefined;
  const hash = typeof given['hash'] === 'string' ? readHashText(given['hash']) : undefined;
  const known = ['algorithm', 'salt', 'salt_encoding', 'salt_position', 'hash'];
  const isPlaced = saltPosition === 'before' || saltPosition === 'after';
  if (!salt?.length || hash === undefined || !isPlaced || hasOthers(given, known)) {
    return malformed(
      `salted-${digest}`,
      'an object with hash (in hexadecimal digits or Base64), salt, salt_encoding (utf8, hex or base64) and salt_position (before or after)',
    );
  }
  return writeSaltedSha({ digest, saltPosition, salt, hash });
}

function readBytes(text: string, encoding: JsonValue): Buffer | undefined {
  if (encoding === 'utf8') return Buffer.from(text);
  if (encoding === 'base64') return readBase64(text);
  return encoding === 'hex' ? readHex(text) : undefined;
}

/** Digests in hexadecimal digits have lengths that those in Base64 cannot have. */
function readHashText(text: string): Buffer | undefined {
  return [40, 64, 96, 128].includes(text.length) ? (readHex(text) ?? readBase64(text)) : readBase64(text);
}

function readHex(text: string): Buffer | undefined {
  return text.length % 2 === 0 && /^[\da-f]*$/i.test(text) ? Buffer.from(text, 'hex') : undefined;
}

function base64In(value: JsonValue | undefined): Buffer | undefined {
  return typeof value === 'string' ? readBase64(value) : undefined;
}

function isCount(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 9999;
}

function hasOthers(given: JsonObject, known: readonly string[]): boolean {
  return Object.keys(given).some((name) => !known.includes(name));
}
