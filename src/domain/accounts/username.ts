import type { FieldFault } from '../errors.js';
import { isAccountId } from './account-id.js';
import { normalizeLogin } from './normalize-login.js';

/** Characters. */
const LONGEST_USERNAME = 64;
/** What cannot be seen or turns the direction of text (Cc, Cf, Cs, Co, Cn), spaces, and what marks an email. */
const FORBIDDEN = /[\s@\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/u;

/** A username as it is stored: trimmed, in NFC. */
export function tidyUsername(text: string): string {
  return text.trim().normalize('NFC');
}

/** The faults of a username. */
export function usernameFaults(text: string): readonly FieldFault[] {
  const username = tidyUsername(text);
  const fault = (code: string, detail: string): readonly FieldFault[] => [
    { field: 'username', code, detail },
  ];
  if (username === '') return fault('required', 'The username is empty; leave it out instead.');
  if (Array.from(username).length > LONGEST_USERNAME) {
    return fault('too_long', `The username is longer than ${LONGEST_USERNAME} characters.`);
  }
  if (FORBIDDEN.test(username) || FORBIDDEN.test(normalizeLogin(username))) {
    return fault(
      'username_invalid',
      'The username must not contain spaces, the sign @, control characters or characters that turn the direction of text.',
    );
  }
  if (isAccountId(normalizeLogin(username))) {
    return fault('username_invalid', 'The username must not look like the id of an account.');
  }
  return [];
}
