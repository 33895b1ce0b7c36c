/** Longer names are cut: they come from strangers. Characters. */
const LONGEST_NAME = 100;

/**
 * A text as one line, for a header: line breaks and other control characters become spaces, so that nothing in it can
 * begin a header of its own.
 * @see RFC 5322 §2.2
 */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** A name that somebody chose, as one short line without characters that turn the direction of what follows. */
export function shownName(text: string): string {
  const characters = Array.from(oneLine(text.replace(/[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g, '')));
  return characters.length > LONGEST_NAME
    ? `${characters.slice(0, LONGEST_NAME).join('')}…`
    : characters.join('');
}
