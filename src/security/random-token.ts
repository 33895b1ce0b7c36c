import { randomBytes } from 'node:crypto';

/** Bytes; 256 bits. */
const TOKEN_LENGTH = 32;

/** A secret that nobody can guess: 256 random bits as base64url. */
export function randomToken(): string {
  return randomBytes(TOKEN_LENGTH).toString('base64url');
}
