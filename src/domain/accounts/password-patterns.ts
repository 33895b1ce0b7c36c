import { COMMON_PASSWORDS } from './common-passwords.js';

/** Below this many characters beyond sequences and repetition a password is among the first guesses. */
const UNPREDICTABLE_CHARACTERS = 6;
/** Shortest run of neighbours or of one character that counts as one. */
const SHORTEST_RUN = 3;
/** Rows of a keyboard (US, German, French), the alphabet and the digits; each is read both ways. */
const SEQUENCES = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop[]',
  'asdfghjkl;',
  'zxcvbnm,./',
  'qwertzuiopü',
  'asdfghjklöä',
  'yxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  'wxcvbn',
  '!@#$%^&*()_+',
  '!"§$%&/()=',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/',
  'qazwsxedcrfvtgbyhnujmikolp',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  'йцукенгшщзхъ',
  'фывапролджэ',
  'ячсмитьбю',
].flatMap((sequence) => [sequence, Array.from(sequence).reverse().join('')]);
/** What people write for letters. */
const LETTERS_FOR_SIGNS: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};
const YEAR = /^(?:19|20)\d\d/;

/**
 * Whether a password is one of the first guesses: a common one, whatever figures and signs stand around it, or little
 * more than sequences, years and repetition.
 * @param password in folded case
 */
export function isAmongFirstGuesses(password: string): boolean {
  const part = repeatedPart(password);
  const core = plainLetters(part.replace(/[^\p{L}]+$/u, '').replace(/^[^\p{L}]+/u, ''));
  return COMMON_PASSWORDS.has(core) || unpredictableLength(part) < UNPREDICTABLE_CHARACTERS;
}

/** The letters that are meant: `p@ssw0rd` is `password`. */
function plainLetters(text: string): string {
  const letters = Array.from(text, (char) => LETTERS_FOR_SIGNS[char] ?? char).join('');
  return letters.replace(/[^\p{L}]/gu, '');
}

/** How many characters somebody must guess one by one: a sequence, a year or a run of one character counts as one. */
export function unpredictableLength(text: string): number {
  let length = 0;
  for (let at = 0; at < text.length; length += 1) at += Math.max(1, runAt(text, at), yearAt(text, at));
  return length;
}

/** What is left of a text when the words are taken out of it, the longest ones first. */
export function withoutWords(text: string, words: readonly string[]): string {
  return [...words]
    .sort((one, other) => other.length - one.length)
    .reduce((rest, word) => rest.replaceAll(word, ''), text);
}

/** The shortest text that gives the whole when it is repeated, the last time perhaps in part. */
function repeatedPart(text: string): string {
  for (let length = 1; length * 2 <= text.length; length += 1) {
    const part = text.slice(0, length);
    if (part.repeat(Math.ceil(text.length / length)).startsWith(text)) return part;
  }
  return text;
}

function runAt(text: string, at: number): number {
  const first = text[at] ?? '';
  let same = 1;
  while (text[at + same] === first) same += 1;
  let longest = same;
  for (const sequence of SEQUENCES) {
    const start = sequence.indexOf(text.slice(at, at + SHORTEST_RUN));
    if (start < 0) continue;
    let length = SHORTEST_RUN;
    while (at + length < text.length && text[at + length] === sequence[start + length]) length += 1;
    longest = Math.max(longest, length);
  }
  return longest >= SHORTEST_RUN ? longest : 0;
}

function yearAt(text: string, at: number): number {
  return YEAR.test(text.slice(at, at + 4)) ? 4 : 0;
}
