import type { FieldFault } from '../errors.js';
import { normalizeLogin } from './normalize-login.js';

/** Octets. @see RFC 5321 §4.5.3.1 (a path of 256 octets, less its angle brackets) */
const LONGEST_EMAIL = 254;
const LONGEST_LOCAL_PART = 64;
/** What needs quotes in an address, steers a mail header, or cannot be seen. */
const FORBIDDEN = /[\s\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}<>()[\]\\,;:"]/u;

/** An email as it is stored: trimmed, in NFC. */
export function tidyEmail(text: string): string {
  return text.trim().normalize('NFC');
}

/**
 * The faults of an email. The syntax is the one that people use, without quoted local parts and address literals:
 * whether mail arrives is shown by sending one.
 */
export function emailFaults(text: string): readonly FieldFault[] {
  const email = tidyEmail(text);
  if (email === '') return [{ field: 'email', code: 'required', detail: 'Give an email address.' }];
  if (Buffer.byteLength(email) > LONGEST_EMAIL) {
    return [
      {
        field: 'email',
        code: 'too_long',
        detail: `The email address is longer than ${LONGEST_EMAIL} octets.`,
      },
    ];
  }
  // The form for comparison is what signs in: it must be an address too, or a look-alike of @ would slip in.
  if (isAddress(email) && isAddress(normalizeLogin(email))) return [];
  return [
    { field: 'email', code: 'email_invalid', detail: 'The email address must look like name@example.com.' },
  ];
}

function isAddress(email: string): boolean {
  const [local, domain, ...more] = email.split('@');
  if (local === undefined || domain === undefined || more.length > 0 || FORBIDDEN.test(email)) return false;
  return (
    local !== '' &&
    Buffer.byteLength(local) <= LONGEST_LOCAL_PART &&
    [...local.split('.'), ...domain.split('.')].every((part) => part !== '') &&
    domain.split('.').every((label) => !label.startsWith('-') && !label.endsWith('-'))
  );
}
