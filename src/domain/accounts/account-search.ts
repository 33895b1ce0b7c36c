/** Letters and digits of ASCII, and every sign beyond it. */
const SEARCHABLE = /[a-z0-9]|[^\0-\x7f]/i;
const RUN_LENGTH = 3;

/** Whether the text has anything by which accounts can be looked up: signs alone (`@`, `%`) are in no index. */
export function isSearchable(text: string): boolean {
  return SEARCHABLE.test(text);
}

/**
 * Whether a text is looked for only where an email, a username or a word of a name begins, rather than anywhere in them.
 * It is so for texts of one or two letters: an index of runs of three letters cannot find those within a word, and a walk
 * over a million accounts takes a second.
 */
export function searchesBeginnings(text: string): boolean {
  // A sign beyond ASCII is stored as three digits or more.
  const ascii = text.replace(/[^\0-\x7f]/gu, ' 000 ');
  return ![...ascii.matchAll(/[a-z0-9]+/gi)].some(({ 0: run, index }) => {
    // Where a word begins or ends within the text, the index has blanks before and behind it as letters.
    const before = index > 0 ? 2 : 0;
    const behind = index + run.length < ascii.length ? 1 : 0;
    return before + run.length + behind >= RUN_LENGTH;
  });
}

/** Whether the text is a place where a page of a search can begin, other than an account's id. */
export function isSearchPlace(text: string): boolean {
  return /^\d{1,15}$/.test(text);
}
