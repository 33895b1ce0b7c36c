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
  return JSON.parse(readFileSync(path.join(root, 'locales', `${language}.json`), 'utf8')) as Record<
    string,
    string
  >;
}

/** Plural forms are keys of their own, `key_one`; English and German have the same ones. */
const withoutPlural = (key: string): string => key.replace(/_(one|other)$/, '');

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

describe('translations', () => {
  const english = textsOf('en');

  it.each(PAGE_LANGUAGES.filter((language) => language !== 'en'))(
    '%s has the keys and placeholders of English',
    (language) => {
      const texts = textsOf(language);
      expect(Object.keys(texts)).toEqual(Object.keys(english));
      const placeholders = (text: string) => (text.match(/\{\{.*?\}\}/g) ?? []).sort();
      for (const [key, text] of Object.entries(english)) {
        expect({ key, placeholders: placeholders(texts[key] ?? '') }).toEqual({
          key,
          placeholders: placeholders(text),
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
      literal.includes(key) || composed.some((pattern) => pattern.test(key)) || key.startsWith('scope.');
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
    expect(createTranslations(root)('fr').text('login.title')).toBe('Sign in');
  });
});
