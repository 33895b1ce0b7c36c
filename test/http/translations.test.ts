import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PAGE_LANGUAGES } from '../../src/http/locale.js';
import { createTranslations } from '../../src/http/translations.js';
import { findViewsRoot, TRANSLATED_SCOPES } from '../../src/http/views.js';

const root = findViewsRoot(import.meta.dirname);

const templates = ['', 'partials'].flatMap((folder) =>
  readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith('.ejs'))
    .map((name) => ({
      name: path.join(folder, name),
      source: readFileSync(path.join(root, folder, name), 'utf8'),
    })),
);

function textsOf(language: string): Record<string, string> {
  const folder = path.join(root, 'locales', language);
  const files = readdirSync(folder).sort();
  return Object.assign(
    {},
    ...files.map((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as object),
  ) as Record<string, string>;
}

/** Plural forms are keys of their own, `key_few`; each language has those that it needs. */
const withoutPlural = (key: string): string => key.replace(/_(zero|one|two|few|many|other)$/, '');

/** The keys that a language needs, of those of English. */
function neededKeys(english: Readonly<Record<string, string>>, language: string): string[] {
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  const isPlural = (key: string): boolean =>
    withoutPlural(key) !== key && `${withoutPlural(key)}_other` in english;
  return Object.keys(english).flatMap((key) => {
    if (!isPlural(key)) return [key];
    return key.endsWith('_other') ? forms.map((form) => `${withoutPlural(key)}_${form}`) : [];
  });
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

describe('translations', () => {
  const english = textsOf('en');

  it.each(PAGE_LANGUAGES.filter((language) => language !== 'en'))(
    '%s has the keys and placeholders of English',
    (language) => {
      const texts = textsOf(language);
      const needed = neededKeys(english, language);
      expect({
        missing: needed.filter((key) => !(key in texts)),
        unknown: Object.keys(texts).filter((key) => !needed.includes(key)),
      }).toEqual({ missing: [], unknown: [] });
      const placeholders = (text: string) => (text.match(/\{\{.*?\}\}/g) ?? []).sort();
      for (const [key, text] of Object.entries(texts)) {
        const original = english[key] ?? english[`${withoutPlural(key)}_other`] ?? '';
        expect({ key, placeholders: placeholders(text) }).toEqual({
          key,
          placeholders: placeholders(original),
        });
      }
    },
  );

  it.each(PAGE_LANGUAGES)('%s has no empty text and no markup', (language) => {
    expect(
      Object.entries(textsOf(language)).filter(([, text]) => text.trim() === '' || /[<>]/.test(text)),
    ).toEqual([]);
  });

  const known = new Set(Object.keys(english).map(withoutPlural));
  const literal = templates
    .flatMap(({ source }) =>
      [...source.matchAll(/['"]([a-z_]+\.[a-z_.]+)['"]/g)].map((match) => match[1] ?? ''),
    )
    .filter((key) => !/\.(css|js|svg)$/.test(key));
  const composed = templates.flatMap(({ source }) =>
    [...source.matchAll(/`([a-z_]+\.[a-z_.]*)\$\{[^}]*\}([^`]*)`/g)].map(
      (match) =>
        new RegExp(
          `^${escapeRegExp(match[1] ?? '')}[a-z_]+${escapeRegExp((match[2] ?? '').replace(/\$\{[^}]*\}/g, '*')).replaceAll('\\*', '[a-z_]+')}$`,
        ),
    ),
  );

  it('hold every key that a template names', () => {
    expect(literal.filter((key) => !known.has(key))).toEqual([]);
    expect(composed.filter((pattern) => ![...known].some((key) => pattern.test(key)))).toEqual([]);
    expect(TRANSLATED_SCOPES.filter((scope) => !known.has(`scope.${scope}`))).toEqual([]);
  });

  it('hold no key that no template names', () => {
    const used = (key: string) =>
      literal.includes(key) ||
      composed.some((pattern) => pattern.test(key)) ||
      key.startsWith('scope.') ||
      key.startsWith('mail.');
    expect([...known].filter((key) => !used(key))).toEqual([]);
  });
});

describe('sentence', () => {
  const texts = createTranslations(root)('de');

  it('isolates user strings and takes nothing in them for a placeholder or a key', () => {
    const client = '{{provider}} $t(login.title) \uE000client\uE001';
    expect(texts.sentence('logout.asked_by', { client })).toEqual([
      { text: client, isolate: true },
      { text: ' möchte Sie abmelden.', isolate: false },
    ]);
  });

  it('falls back to English for a language that the pages lack', () => {
    expect(createTranslations(root)('tlh').text('login.title')).toBe('Sign in');
  });
});

describe('plural forms', () => {
  const minutes = (language: string, count: number) =>
    createTranslations(root)(language).text('login.fault.too_many_attempts', { count });

  it.each([
    ['ar', 2, 'بعد دقيقتين'],
    ['ar', 5, 'بعد 5 دقائق'],
    ['ar', 15, 'بعد 15 دقيقة'],
    ['fr', 1, 'dans 1 minute.'],
    ['ja', 1, '1 分後'],
  ])('are those of %s for %d', (language, count, expected) => {
    expect(minutes(language, count)).toContain(expected);
  });
});

describe('pseudo-locales', () => {
  const texts = createTranslations(root, { pseudo: true });

  it('are longer, accented and in brackets, and keep placeholders', () => {
    const title = texts('en-XA').text('login.title');
    expect(title).toBe('[Šíĝñ íñ~~~]');
    expect(texts('en-XA').sentence('login.for', { client: 'Shop' })).toContainEqual({
      text: 'Shop',
      isolate: true,
    });
  });

  it('know every plural form of their language', () => {
    for (const count of [0, 1, 2, 5, 15, 100]) {
      expect(texts('ar-XB').text('login.fault.too_many_attempts', { count })).toContain(String(count));
    }
  });

  it('are not there unless they are asked for', () => {
    expect(createTranslations(root)('en-XA').text('login.title')).toBe('Sign in');
  });
});
