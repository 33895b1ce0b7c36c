/**
 * Languages made from English by rule, to find what is not translated or has no room: one of accented, longer texts in
 * brackets, one that is written from right to left.
 */
export const PSEUDO_LANGUAGES = ['en-XA', 'ar-XB'] as const;

const PLAIN = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ACCENTED = Array.from('áƀçđéƒĝĥíĵķĺɱñóþɋŕšţúṽŵẋýžÁƁÇĐÉƑĜĤÍĴĶĹṀÑÓÞɊŔŠŢÚṼŴẊÝŽ');
const PLURAL_FORMS = ['zero', 'one', 'two', 'few', 'many', 'other'];
/** How much longer other languages are than English. */
const GROWTH = 0.35;
/** Embeds what follows as right-to-left, and ends that. @see Unicode Standard Annex #9 §2.1 */
const RTL = ['\u202b', '\u202c'] as const;

/** The texts of a pseudo-locale, with the plural forms that its language needs. */
export function pseudoTexts(
  language: (typeof PSEUDO_LANGUAGES)[number],
  english: Readonly<Record<string, string>>,
): Record<string, string> {
  const write = language === 'en-XA' ? accented : mirrored;
  const texts = Object.fromEntries(Object.entries(english).map(([key, text]) => [key, write(text)]));
  for (const [key, text] of Object.entries(texts)) {
    if (!key.endsWith('_other')) continue;
    for (const form of PLURAL_FORMS) texts[key.replace(/other$/, form)] ??= text;
  }
  return texts;
}

function accented(text: string): string {
  const longer = text
    .split(/(\{\{.*?\}\})/)
    .map((piece, index) => (index % 2 === 1 ? piece : Array.from(piece, withAccent).join('')))
    .join('');
  return `[${longer}${'~'.repeat(Math.ceil(text.length * GROWTH))}]`;
}

function mirrored(text: string): string {
  return RTL[0] + text + RTL[1];
}

function withAccent(character: string): string {
  return ACCENTED[PLAIN.indexOf(character)] ?? character;
}
