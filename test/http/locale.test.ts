import { negotiateLocale, toLocale } from '../../src/http/locale.js';

const languages = ['en', 'de', 'ar', 'zh-Hant'];

it.each([
  ['nothing known', {}, 'en'],
  ['nothing that fits', { uiLocales: 'fr', acceptLanguage: 'it, es;q=0.5' }, 'en'],
  ['the app before the cookie', { uiLocales: 'fr de', cookie: 'ar', acceptLanguage: 'en' }, 'de'],
  ['the cookie before the browser', { cookie: 'de', acceptLanguage: 'en' }, 'de'],
  ['a region', { acceptLanguage: 'de-CH' }, 'de'],
  ['a longer range', { acceptLanguage: 'zh-Hant-TW' }, 'zh-Hant'],
  ['a private-use part', { uiLocales: 'de-x-foo' }, 'de'],
  ['any case', { acceptLanguage: 'DE-ch' }, 'de'],
  ['weights', { acceptLanguage: 'en;q=0.1, de;q=0.9' }, 'de'],
  ['equal weights in their order', { acceptLanguage: 'de, en' }, 'de'],
  ['a weight of nought', { acceptLanguage: 'de;q=0, ar;q=0.1' }, 'ar'],
  ['a malformed weight', { acceptLanguage: 'de;q=high, ar;q=0.1' }, 'ar'],
  ['any language', { acceptLanguage: '*' }, 'en'],
  ['a malformed cookie', { cookie: '../../etc/passwd', acceptLanguage: 'de' }, 'de'],
  ['noise', { uiLocales: '- -- ---', acceptLanguage: ',;,q=' }, 'en'],
  ['an endless list', { acceptLanguage: `${'fr,'.repeat(100_000)}de` }, 'en'],
])('chooses by %s (RFC 4647 §3.4)', (_, wishes, tag) => {
  expect(negotiateLocale(wishes, languages).tag).toBe(tag);
});

it.each([
  ['ar', 'rtl'],
  ['he-IL', 'rtl'],
  ['fa', 'rtl'],
  ['ur', 'rtl'],
  ['en', 'ltr'],
  ['de-CH', 'ltr'],
])('writes %s from %s', (tag, dir) => {
  expect(toLocale(tag)).toEqual({ tag, dir });
});
