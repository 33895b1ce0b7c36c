import type { FieldFault } from '../errors.js';
import { foldText, normalizeLogin } from './normalize-login.js';
import { isAmongFirstGuesses, unpredictableLength, withoutWords } from './password-patterns.js';

/** What a new password must be like. @see NIST SP 800-63B-4 §3.1.1.2 */
export interface PasswordPolicy {
  /** Characters (Unicode code points); 15 where the password is the only factor. */
  readonly minLength: number;
  /** Name of this provider, which is one of the first guesses. */
  readonly productName: string;
}

/** What is known of the person who chooses a password, and may not be most of it. */
export interface PasswordContext {
  readonly email?: string | undefined;
  readonly username?: string | undefined;
}

/** Octets of UTF-8. Far above any passphrase, and small enough to be hashed at no extra cost. */
export const LONGEST_PASSWORD = 1024;
/** A password of which half or more is context words must have this many unpredictable characters beyond them. */
const CHARACTERS_BEYOND_CONTEXT = 8;

/** The form in which a password is hashed, so that it is the same from every keyboard. @see NIST SP 800-63B-4 §3.1.1.2 */
export function normalizePassword(password: string): string {
  return password.normalize('NFC');
}

/** Whether a password may be hashed at all: an absurdly long one would only cost time. */
export function isHashable(password: string): boolean {
  return (
    password.length <= LONGEST_PASSWORD && Buffer.byteLength(normalizePassword(password)) <= LONGEST_PASSWORD
  );
}

/**
 * The faults of a new password: too short, too long, common, or made of what is known about its owner. There are no
 * rules on what kinds of characters it has.
 * @see NIST SP 800-63B-4 §3.1.1.2
 * @see OWASP ASVS 5.0 V6.2
 */
export function passwordFaults(
  policy: PasswordPolicy,
  password: string,
  context: PasswordContext = {},
): readonly FieldFault[] {
  const fault = (code: string, detail: string): readonly FieldFault[] => [
    { field: 'password', code, detail },
  ];
  if (!isHashable(password)) {
    return fault('password_too_long', `The password must not be longer than ${LONGEST_PASSWORD} octets.`);
  }
  if (Array.from(normalizePassword(password)).length < policy.minLength) {
    return fault(
      'password_too_short',
      `The password must have at least ${policy.minLength} characters; several words in a row do well.`,
    );
  }
  if (isMostlyContext(password, policy, context)) {
    return fault(
      'password_context',
      'The password must not be mostly your email address, your username or the name of this service.',
    );
  }
  if (isAmongFirstGuesses(foldText(password))) {
    return fault(
      'password_common',
      'The password is too easy to guess: it is a common one, or little more than sequences and repetition.',
    );
  }
  return [];
}

function isMostlyContext(password: string, policy: PasswordPolicy, context: PasswordContext): boolean {
  const folded = foldText(password);
  const rest = withoutWords(folded, contextWords(policy, context));
  return rest.length * 2 <= folded.length && unpredictableLength(rest) < CHARACTERS_BEYOND_CONTEXT;
}

function contextWords(policy: PasswordPolicy, { email, username }: PasswordContext): readonly string[] {
  const [localPart, domain] = normalizeLogin(email ?? '').split('@');
  const whole = [
    normalizeLogin(policy.productName),
    normalizeLogin(username ?? ''),
    localPart ?? '',
    domain ?? '',
  ];
  const parts = whole.flatMap((word) => word.split(/[^\p{L}\p{N}]+/u));
  return [...whole, ...parts].filter((word) => word.length >= 3);
}
