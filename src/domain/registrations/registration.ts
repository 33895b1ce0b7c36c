import { createHash, randomInt } from 'node:crypto';
import { DomainError } from '../errors.js';

/** Seconds that a mailbox has. */
export const REGISTRATION_SECONDS = 24 * 60 * 60;
/** Where the page of a registration's link stands, below the issuer; the token is the next segment. */
export const REGISTRATION_PATH = '/sign-up/confirm';

/** What somebody has typed, kept sealed. */
export interface RegistrationContent {
  readonly email: string;
  readonly passwordHash: string;
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  /** BCP 47 tag of the language of the page. */
  readonly locale?: string | undefined;
  /** The interaction in which it began. */
  readonly interaction: string;
}

/** A registration that waits for its mailbox. Whoever reads the store cannot use it. */
export interface Registration {
  /** UUIDv7; another one each time a mail is sent. */
  readonly id: string;
  /** Keyed, of the address in the form for comparison. */
  readonly emailHash: Buffer;
  /** Of the secret that only the browser has in which it began. */
  readonly browserHash: Buffer;
  /** Of the token in the mail's link. */
  readonly tokenHash: Buffer;
  /** Keyed, of the code in the mail. */
  readonly codeHash: Buffer;
  readonly content: RegistrationContent;
  readonly expiresAt: Date;
}

/** Where registrations live: at most one for each address. */
export interface RegistrationStore {
  /** Keeps it in the place of an earlier one of the same address, which ends. */
  replace(registration: Registration): Promise<void>;
  findByBrowser(browserHash: Buffer, at: Date): Promise<Registration | undefined>;
  findByToken(tokenHash: Buffer, at: Date): Promise<Registration | undefined>;
  /** Uses it up, atomically. @returns whether it was still there and had not expired */
  redeem(id: string, at: Date): Promise<boolean>;
  /** Removes what has expired at that time. @returns how many */
  purge(at: Date): Promise<number>;
}

/**
 * What is stored of a token, bound to what it is for. It has 256 random bits, so a plain hash of it cannot be searched.
 */
export function hashRegistrationToken(kind: 'browser' | 'link', token: string): Buffer {
  return createHash('sha256').update(`latchkey registration\0${kind}\0`).update(token).digest();
}

/** Letters and digits that nobody takes for one another, and that make no words. */
const CODE_ALPHABET = '23456789BCDFGHJKLMNPQRSTVWXZ';
const CODE_LENGTH = 8;

/** A code to type over: 38 bits, in two halves with a dash between them. */
export function newRegistrationCode(): string {
  const letters = Array.from({ length: CODE_LENGTH }, () => CODE_ALPHABET[randomInt(CODE_ALPHABET.length)]);
  return `${letters.slice(0, CODE_LENGTH / 2).join('')}-${letters.slice(CODE_LENGTH / 2).join('')}`;
}

/** The code as it is compared: any case, with or without spaces and dashes. */
export function tidyRegistrationCode(text: string): string {
  return text
    .slice(0, 100)
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}\p{Cf}]/gu, '');
}

/** The refusal of a code; it does not tell why. */
export function registrationCodeInvalid(): DomainError {
  return new DomainError(
    'registration_code_invalid',
    'The code is wrong, used or expired. Ask for a new one.',
  );
}
