import { scrypt } from 'node:crypto';
import { areFitting, isSame, malformed, tooCostly, type HashFault, type OpenHash } from './opened-hash.js';
import { readAdaptedBase64 } from './read-base64.js';

/** @see RFC 7914 §2 */
export interface ScryptCost {
  /** Base-2 logarithm of N, the CPU and memory cost. */
  readonly log2N: number;
  /** Block size. */
  readonly r: number;
  /** Parallelization. */
  readonly p: number;
}

/** Octets: what one verification may take. */
const MOST_MEMORY = 128 * 1024 * 1024;
/** N·r·p: twice what 128 MiB in one lane cost. */
const MOST_WORK = 2 ** 21;

const FORMAT = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,4}),p=(\d{1,4})\$([^$]+)\$([^$]+)$/;

/**
 * scrypt as a PHC string, which passlib writes too.
 * @see RFC 7914
 * @see https://github.com/P-H-C/phc-string-format
 */
export const openScrypt: OpenHash = (text) => {
  if (!text.startsWith('$scrypt$')) return undefined;
  const [, ln, r, p, saltText = '', hashText = ''] = FORMAT.exec(text) ?? [];
  const cost = { log2N: Number(ln), r: Number(r), p: Number(p) };
  const salt = readAdaptedBase64(saltText);
  const hash = readAdaptedBase64(hashText);
  if (salt === undefined || hash === undefined || !areFitting(salt, hash) || !isPossible(cost)) {
    return malformed('scrypt', '$scrypt$ln=16,r=8,p=1$salt$hash with salt and hash in Base64');
  }
  return (
    scryptFault(cost) ?? {
      verify: async (password) => isSame(await deriveScrypt(password, salt, cost, hash.length), hash),
    }
  );
};

/** Whether the algorithm knows such parameters at all. */
export function isPossible({ log2N, r, p }: ScryptCost): boolean {
  return log2N >= 1 && log2N <= 63 && r >= 1 && p >= 1;
}

/** Refuses parameters that cost more than a sign-in may cost. */
export function scryptFault({ log2N, r, p }: ScryptCost): HashFault | undefined {
  const n = 2 ** log2N;
  if (128 * n * r <= MOST_MEMORY && n * r * p <= MOST_WORK) return undefined;
  return tooCostly(
    'scrypt',
    `128·N·r may be at most ${MOST_MEMORY} octets and N·r·p at most ${MOST_WORK}, such as ln=17,r=8,p=2`,
  );
}

/** Derives a key. @param length octets */
export function deriveScrypt(
  password: string,
  salt: Buffer,
  { log2N, r, p }: ScryptCost,
  length: number,
): Promise<Buffer> {
  const N = 2 ** log2N;
  // What OpenSSL counts: the blocks of all lanes, the table, and two blocks to work in.
  const maxmem = 128 * r * (N + p + 2) + 1024;
  return new Promise((resolve, reject) => {
    scrypt(password, salt, length, { N, r, p, maxmem }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
