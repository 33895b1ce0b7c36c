import { randomInt } from 'node:crypto';
import type { KeyedHash } from '../sealing.js';

/** Codes of one set. */
export const RECOVERY_CODES = 10;
/** Crockford's digits: none looks like another. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const CHARACTERS = 12;

/** New codes of 60 random bits each, as people read them: `k3vx-9m2p-71tq`. */
export function generateRecoveryCodes(): readonly string[] {
  const codes = new Set<string>();
  while (codes.size < RECOVERY_CODES) codes.add(generateCode());
  return [...codes];
}

function generateCode(): string {
  const digits = Array.from({ length: CHARACTERS }, () => ALPHABET[randomInt(ALPHABET.length)] ?? '');
  return [0, 4, 8].map((start) => digits.slice(start, start + 4).join('')).join('-');
}

/**
 * What was typed in the form in which codes are compared: letters that look like digits are those digits.
 * @returns undefined for what no code looks like
 */
export function tidyRecoveryCode(typed: string): string | undefined {
  const code = typed
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\p{Pd}]/gu, '')
    .replaceAll('o', '0')
    .replace(/[il]/g, '1');
  const isCode = code.length === CHARACTERS && Array.from(code).every((digit) => ALPHABET.includes(digit));
  return isCode ? code : undefined;
}

/** What is stored of a code, bound to its account. */
export function hashRecoveryCode(hash: KeyedHash, accountId: string, tidyCode: string): Buffer {
  return hash(`${accountId}\0${tidyCode}`);
}
