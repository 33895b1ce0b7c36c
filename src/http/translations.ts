import { createInstance, type i18n } from 'i18next';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PAGE_LANGUAGES } from './locale.js';
import { PSEUDO_LANGUAGES, pseudoTexts } from './pseudo-locale.js';

/** A piece of a sentence; `isolate` marks what a person or an app wrote, which pages print in `<bdi>`. */
export interface SentencePart {
  readonly text: string;
  readonly isolate: boolean;
}

/** The texts of the pages in one language. English stands in for what a language lacks. */
export interface PageTexts {
  /** One text; `count` chooses the plural form. Values are numbers or texts of ours, never user strings. */
  readonly text: (key: string, values?: Readonly<Record<string, string | number>>) => string;
  /** A text with user strings in it, in pieces, so that a page can escape and isolate each of them. */
  readonly sentence: (key: string, values: Readonly<Record<string, string>>) => readonly SentencePart[];
  /** Whether some language has the text. */
  readonly has: (key: string) => boolean;
}

// Private-use characters stand for the values until the sentence is cut: a value never reaches the
// interpolation, so nothing in it can be taken for a placeholder or for another text's key.
const OPEN = '\uE000';
const CLOSE = '\uE001';

/** More than there are texts; keys come from templates, and some of them from what an operator declares. */
const MOST_REMEMBERED = 2_000;

/**
 * Reads `<root>/locales/<language>/*.json` once: English at once, since it stands in for the others, each of them when it is
 * first asked for.
 * @param root the folder `views`
 * @param options.overrides a folder of the operator, whose texts win key by key
 * @param options.strict throws for a text that is nowhere, instead of showing its key
 * @param options.pseudo adds the languages of `pseudo-locale.ts`
 * @throws {Error} when a file is not a JSON object, or two files have the same key; for other languages than English, then
 */
export function createTranslations(
  root: string,
  {
    overrides,
    pseudo = false,
    strict = false,
  }: { overrides?: string | undefined; pseudo?: boolean; strict?: boolean } = {},
): (language: string) => PageTexts {
  const textsIn = (language: string): Record<string, string> => ({
    ...readTexts(root, language),
    ...(overrides === undefined ? {} : readTexts(overrides, language)),
  });
  const [english = 'en'] = PAGE_LANGUAGES;
  const i18next = createInstance();
  void i18next.init({
    initAsync: false,
    resources: { [english]: { translation: textsIn(english) } },
    // Keys are flat, "login.title", so that a search finds them.
    keySeparator: false,
    nsSeparator: false,
    fallbackLng: english,
    // The templates escape; doing it twice would show "&amp;".
    interpolation: { escapeValue: false },
    returnNull: false,
  });

  const read = (language: string): Record<string, string> | undefined => {
    if (PAGE_LANGUAGES.includes(language)) return language === english ? undefined : textsIn(language);
    const wanted = pseudo && PSEUDO_LANGUAGES.find((name) => name === language);
    return wanted ? pseudoTexts(wanted, textsIn(english)) : undefined;
  };
  const known = new Map<string, PageTexts>();
  return (language) => {
    const ready = known.get(language);
    if (ready) return ready;
    const texts = read(language);
    if (texts) i18next.addResourceBundle(language, 'translation', texts);
    const made = textsOf(i18next, language, strict);
    known.set(language, made);
    return made;
  };
}

/** Looks each text up once: every page has some twenty, of which few have a value in them. */
function textsOf(i18next: i18n, language: string, strict: boolean): PageTexts {
  const t = i18next.getFixedT(language);
  const plain = new Map<string, string>();
  const cut = new Map<string, readonly string[]>();

  const look = (key: string, values: Readonly<Record<string, string | number>>): string => {
    if (strict && !i18next.exists(key, values)) throw new Error(`There is no text "${key}".`);
    return t(key, values);
  };
  const lookPlain = (key: string): string => {
    const text = look(key, {});
    if (plain.size < MOST_REMEMBERED) plain.set(key, text);
    return text;
  };
  /** The sentence at its values: every other piece is the name of one. */
  const piecesOf = (key: string, names: readonly string[]): readonly string[] => {
    const id = [key, ...names].join(' ');
    const remembered = cut.get(id);
    if (remembered) return remembered;
    const marks = Object.fromEntries(names.map((name) => [name, OPEN + name + CLOSE]));
    const pieces = look(key, marks).split(/\uE000(\w+)\uE001/);
    if (cut.size < MOST_REMEMBERED) cut.set(id, pieces);
    return pieces;
  };

  return {
    text: (key, values) => (values ? look(key, values) : (plain.get(key) ?? lookPlain(key))),
    sentence: (key, values) =>
      piecesOf(key, Object.keys(values))
        .map((piece, index) =>
          index % 2 === 1 ? { text: values[piece] ?? '', isolate: true } : { text: piece, isolate: false },
        )
        .filter((part) => part.text !== ''),
    has: (key) => i18next.exists(key),
  };
}

/** The texts of one language, none where it is missing; they are spread over files by subject, and each key stands in one of them. */
export function readTexts(root: string, language: string): Record<string, string> {
  const folder = path.join(root, 'locales', language);
  if (!existsSync(folder)) return {};
  const found: Record<string, string> = {};
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith('.json')) continue;
    const file = path.join(folder, name);
    const texts: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof texts !== 'object' || texts === null) throw new Error(`${file} must hold one JSON object.`);
    for (const [key, value] of Object.entries(texts)) {
      if (key in found) throw new Error(`${file}: another file has the text "${key}" already.`);
      found[key] = String(value);
    }
  }
  return found;
}
