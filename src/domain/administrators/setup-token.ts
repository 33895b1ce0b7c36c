import { createHash } from 'node:crypto';

/** What is stored of a set-up link: its token has at least 128 random bits, so a plain hash cannot be searched. */
export function hashSetupToken(token: string): Buffer {
  return createHash('sha256').update('latchkey setup link\0').update(token).digest();
}
