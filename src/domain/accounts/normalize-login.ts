/** Longer than any email or username that is accepted; what is longer is no login. */
const LONGEST_LOGIN = 320;

const ASCII = /^\p{ASCII}*$/u;

/**
 * The form in which emails and usernames are compared: NFKC, then case folding, then NFKC again.
 * Two texts that a person takes for the same one have the same form.
 * @see Unicode Standard §3.13 (toNFKC_Casefold)
 */
export function normalizeLogin(text: string): string {
  return foldText(text.trim());
}

/** Text without regard to case and Unicode form; nothing is trimmed. */
export function foldText(text: string): string {
  // Most texts, and many at a time when people are imported.
  if (ASCII.test(text)) return text.toLowerCase();
  return foldCase(text.normalize('NFKC')).normalize('NFKC');
}

/**
 * What somebody typed to sign in, in the form in which it is compared.
 * @returns undefined when no account can have such an email or username
 */
export function normalizeTypedLogin(text: string): string | undefined {
  if (text.length > LONGEST_LOGIN) return undefined;
  const normalized = normalizeLogin(text);
  return normalized === '' || /[\p{Cc}\p{Cs}]/u.test(normalized) ? undefined : normalized;
}

/**
 * Folds case one code point at a time, which keeps the final sigma out of it; by way of the capitals, so that ẞ and ß
 * become ss. Dotless ı is left alone: its capital
 * is I, and folding it would make `ı` and `i` the same.
 */
function foldCase(text: string): string {
  return Array.from(text, (char) =>
    char === 'ı' ? char : char.toLowerCase().toUpperCase().toLowerCase(),
  ).join('');
}
