import { timingSafeEqual } from 'node:crypto';

/** A hash whose parameters have been read and found affordable. */
export interface OpenedHash {
  verify(password: string): Promise<boolean>;
}

/** Why a hash cannot be taken. */
export interface HashFault {
  readonly code: 'hash_malformed' | 'hash_too_costly';
  /** One English sentence, without the hash in it. */
  readonly detail: string;
}

/** Opens hashes of one format. @returns undefined when the text is of another format */
export type OpenHash = (text: string) => OpenedHash | HashFault | undefined;

/** Octets. A shorter hash would match too many passwords by chance. */
export const SHORTEST_HASH = 16;
/** Octets. A longer one brings no security, only work. */
export const LONGEST_HASH = 64;
export const LONGEST_SALT = 256;

/** A hash that begins like one of its format, and is none. */
export function malformed(format: string, expected: string): HashFault {
  return {
    code: 'hash_malformed',
    detail: `The ${format} hash is malformed; it must look like ${expected}.`,
  };
}

/** A hash whose parameters ask for more work or memory than a sign-in may take. */
export function tooCostly(format: string, limit: string): HashFault {
  return { code: 'hash_too_costly', detail: `The ${format} hash costs too much to verify; ${limit}.` };
}

/** Whether salt and hash have plausible lengths. */
export function areFitting(salt: Buffer | undefined, hash: Buffer | undefined): boolean {
  return (
    salt !== undefined &&
    hash !== undefined &&
    salt.length <= LONGEST_SALT &&
    hash.length >= SHORTEST_HASH &&
    hash.length <= LONGEST_HASH
  );
}

/** Compares in a time that does not depend on where two hashes differ. */
export function isSame(computed: Buffer, expected: Buffer): boolean {
  return computed.length === expected.length && timingSafeEqual(computed, expected);
}
