import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Mail } from '../../src/domain/mail/mail.js';
import { negotiateLocale, PAGE_LANGUAGES } from '../../src/http/locale.js';
import { createTranslations } from '../../src/http/translations.js';
import { findViewsRoot } from '../../src/http/views.js';
import { createMailComposer } from '../../src/mail/compose-mail.js';
import type { MailLanguages } from '../../src/mail/mail-language.js';
import { SAMPLE_MAILS } from '../support/sample-mails.js';

const root = findViewsRoot(import.meta.dirname);
const textsOf = createTranslations(root);
const asked = new Set<string>();
const languages: MailLanguages = (wish) => {
  const locale = negotiateLocale({ uiLocales: wish });
  const { text, sentence } = textsOf(locale.tag);
  return {
    ...locale,
    text: (key, values) => (asked.add(key), text(key, values)),
    sentence: (key, values) => (asked.add(key), sentence(key, values)),
    time: (at) => `time ${at}`,
  };
};
const look = {
  name: 'Ørsted & <Söhne>',
  accent: '#1d4ed8',
  ink: '#ffffff',
  issuer: 'https://id.example.com',
};
const composer = createMailComposer(languages, look);
const hostile = 'Mallory\r\nBcc: all@example.com\u202E<script>alert(1)</script>';

describe('a mail', () => {
  test.each(PAGE_LANGUAGES)('says everything in %s, as text and as HTML', (locale) => {
    for (const mail of SAMPLE_MAILS) {
      const { subject, text, html, language } = composer.compose({ ...mail, locale });
      expect(language).toBe(locale);
      for (const written of [subject, text, html]) {
        expect(written).not.toMatch(/mail\.[a-z_]+\.|\{\{|undefined/);
      }
      expect(subject).toContain(look.name);
      for (const link of linksOf(mail)) {
        expect(text.split('\n')).toContain(link);
        expect(html).toContain(`href="${link}"`);
      }
    }
  });

  test('uses every text that the translations hold for it', () => {
    for (const mail of SAMPLE_MAILS) composer.compose(mail);
    composer.composeTest();
    const file = path.join(root, 'locales/en/mail.json');
    expect(readdirSync(path.dirname(file))).toContain('mail.json');
    const keys = Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object)
      .filter((key) => key.startsWith('mail.'))
      .map((key) => key.replace(/_(one|other)$/, ''));
    expect([...new Set(keys)].filter((key) => !asked.has(key))).toEqual([]);
  });

  test('loads nothing and runs nothing, whatever people call themselves', () => {
    for (const mail of [
      {
        kind: 'sign-in-link',
        values: { link: 'https://id.example.com/a?b=1&c="x', minutes: 15, clientName: hostile },
      },
      {
        kind: 'notice',
        values: {
          notice: 'passkey_added',
          at: '2026-01-01T00:00:00Z',
          subject: hostile,
          link: 'https://id.example.com/account',
        },
      },
    ] as const satisfies readonly Pick<Mail, 'kind' | 'values'>[]) {
      const { text, html, subject } = composer.compose({ ...mail, locale: 'en' });
      expect(html).not.toMatch(/<script|<img|<link|src=|url\(|@import|\u202E/i);
      expect(html).toContain('&#60;script&#62;');
      expect(text).not.toMatch(/\u202E|^Bcc:/m);
      expect(text).toMatch(/\u2068Mallory Bcc: all@example\.com<script>alert\(1\)<\/script>\u2069/);
      expect(subject).not.toMatch(/[\r\n]/);
    }
  });

  test('cuts long names', () => {
    const values = { link: 'https://id.example.com/', minutes: 15, clientName: 'é'.repeat(1_000) };
    const { text } = composer.compose({ kind: 'sign-in-link', values, locale: 'en' });
    expect(text).toContain(`\u2068${'é'.repeat(100)}…\u2069`);
  });

  test('has its language and direction', () => {
    const [mail] = SAMPLE_MAILS;
    if (!mail) throw new Error('There is no sample.');
    expect(composer.compose({ ...mail, locale: 'ar-EG' }).html).toContain('<html lang="ar" dir="rtl">');
    expect(composer.compose({ ...mail, locale: undefined }).html).toContain('<html lang="en" dir="ltr">');
    expect(composer.compose({ ...mail, locale: 'tlh' }).language).toBe('en');
  });
});

function linksOf({ values }: Pick<Mail, 'values'>): string[] {
  return Object.values(values).filter((value): value is string => /^https:/.test(String(value)));
}
