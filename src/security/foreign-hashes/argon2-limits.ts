import { areFitting, malformed, tooCostly, type HashFault } from './opened-hash.js';
import { readBase64 } from './read-base64.js';

const FORMAT =
  /^\$argon2(?:id|i|d)\$(?:v=(\d+)\$)?m=(\d{1,10}),t=(\d{1,10}),p=(\d{1,8})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
/** KiB. */
const MOST_MEMORY = 128 * 1024;
/** KiB times passes: eight passes over all of that. */
const MOST_WORK = 8 * MOST_MEMORY;
const MOST_LANES = 16;
/** Octets. @see RFC 9106 §3.1 (with the least that implementations take) */
const SHORTEST_SALT = 8;

/**
 * Checks an argon2 hash of another system; the hasher of our own verifies it.
 * @returns undefined when it may be stored
 * @see RFC 9106 §3.1
 */
export function argon2Fault(text: string): HashFault | undefined {
  const [, version = '16', m, t, p, saltText = '', hashText = ''] = FORMAT.exec(text) ?? [];
  const [memory, passes, lanes] = [Number(m), Number(t), Number(p)];
  const salt = readBase64(saltText);
  const isPossible = passes >= 1 && lanes >= 1 && memory >= 8 * lanes && ['16', '19'].includes(version);
  if (!isPossible || !areFitting(salt, readBase64(hashText)) || (salt?.length ?? 0) < SHORTEST_SALT) {
    return malformed('argon2', '$argon2id$v=19$m=19456,t=2,p=1$salt$hash with salt and hash in Base64');
  }
  if (memory <= MOST_MEMORY && memory * passes <= MOST_WORK && lanes <= MOST_LANES) return undefined;
  return tooCostly(
    'argon2',
    `m may be at most ${MOST_MEMORY} KiB, m times t at most ${MOST_WORK} KiB and p at most ${MOST_LANES}`,
  );
}
