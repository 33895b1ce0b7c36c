import type { ForeignHashReader, ReadForeignHash } from '../../domain/accounts/foreign-hash.js';
import type { JsonObject, JsonValue } from '../../domain/json.js';
import { argon2Fault } from './argon2-limits.js';
import { openForeignHash } from './open-foreign-hash.js';
import { writePasswordHashObject } from './password-hash-object.js';

/** Characters; longer than any hash of a known format. */
const LONGEST_TEXT = 1024;
/** Django writes the name of its own algorithm in front of hashes that it takes from elsewhere. */
const DJANGO_PREFIX = /^(?:bcrypt\$(?=\$2)|argon2(?=\$argon2))/;

const UNKNOWN: ReadForeignHash = {
  code: 'hash_unknown',
  detail:
    'The password hash is of no known format: bcrypt, scrypt, firebase-scrypt, PBKDF2, argon2 and salted SHA are.',
};

/** Reads hashes of other systems: which formats there are is in the files beside this one. */
export const foreignHashReader: ForeignHashReader = {
  read(given) {
    if (typeof given === 'string') return readText(given.trim().replace(DJANGO_PREFIX, ''));
    const written = isObject(given) ? writePasswordHashObject(given) : undefined;
    return typeof written === 'string' ? readText(written) : (written ?? UNKNOWN);
  },
};

function readText(text: string): ReadForeignHash {
  if (text.length > LONGEST_TEXT) return UNKNOWN;
  if (text.startsWith('$argon2')) return argon2Fault(text) ?? { passwordHash: text };
  const opened = openForeignHash(text);
  if (opened === undefined) return UNKNOWN;
  return 'verify' in opened ? { passwordHash: text } : opened;
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
