import type { KeyedHash } from '../sealing.js';

/**
 * The user handle of an account: always the same, so that a new passkey takes the place of an old one in the same
 * password manager, and without a meaning to anybody else.
 * @param hash with a key of its own
 * @returns 32 bytes
 * @see WebAuthn Level 3 §14.6.1
 */
export function userHandleOf(hash: KeyedHash, accountId: string): Buffer {
  return hash(accountId);
}
