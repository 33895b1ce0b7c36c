import { DomainError } from '../errors.js';

/** Characters. */
export const LONGEST_PASSKEY_NAME = 60;

/** What cannot be seen, or turns other text around. */
const UNSEEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;

/**
 * Reads a name that somebody gives a passkey.
 * @throws {DomainError} `invalid_input` naming `name`
 */
export function readPasskeyName(typed: string): string {
  const name = typed.trim().normalize('NFC');
  const isFit = name !== '' && Array.from(name).length <= LONGEST_PASSKEY_NAME && !UNSEEN.test(name);
  if (isFit) return name;
  const detail = `The name must be 1 to ${LONGEST_PASSKEY_NAME} characters on one line, without control characters.`;
  throw new DomainError('invalid_input', detail, [{ field: 'name', code: 'name_invalid', detail }]);
}

/** Cuts a text of ours or of a browser to what a name may be. */
export function cutPasskeyName(text: string, characters = LONGEST_PASSKEY_NAME): string {
  const cut = Array.from(text)
    .filter((character) => !UNSEEN.test(character))
    .slice(0, characters);
  return cut.join('').trim() || 'Passkey';
}
