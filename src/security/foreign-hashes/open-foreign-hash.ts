import { openBcrypt } from './bcrypt.js';
import { openFirebaseScrypt } from './firebase-scrypt.js';
import type { HashFault, OpenedHash, OpenHash } from './opened-hash.js';
import { openDjangoPbkdf2, openPbkdf2 } from './pbkdf2.js';
import { openLdapSha, openSaltedSha } from './salted-sha.js';
import { openScrypt } from './scrypt.js';

/** Every format but argon2, which the hasher of our own verifies. */
const FORMATS: readonly OpenHash[] = [
  openBcrypt,
  openScrypt,
  openFirebaseScrypt,
  openPbkdf2,
  openDjangoPbkdf2,
  openLdapSha,
  openSaltedSha,
];

/**
 * Opens a stored hash by its format.
 * @returns undefined when it is of none of the known formats
 */
export function openForeignHash(text: string): OpenedHash | HashFault | undefined {
  for (const open of FORMATS) {
    const opened = open(text);
    if (opened !== undefined) return opened;
  }
  return undefined;
}

/**
 * Verifies a password by a stored hash of another system, at whatever cost was allowed when it was stored.
 * @returns undefined when the hash is of none of the known formats, or may not be verified
 */
export function foreignVerification(text: string): ((password: string) => Promise<boolean>) | undefined {
  const opened = openForeignHash(text);
  return opened !== undefined && 'verify' in opened ? (password) => opened.verify(password) : undefined;
}
