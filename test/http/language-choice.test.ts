import { createLanguageRouter } from '../../src/http/language-choice.js';
import { chosenLocale } from '../../src/http/locale-cookie.js';
import { createLanguageMenu, languageName } from '../../src/http/language-menu.js';
import { DomainError } from '../../src/domain/errors.js';
import { formRequest, testPages, useHttpApps } from '../support/http-app.js';

const serve = useHttpApps();
const now = new Date('2026-11-23T12:00:00Z');
const languages = ['en', 'ar'];

const serveChoice = () =>
  serve(
    async (ctx, next) => {
      await next().catch((error: unknown) => {
        ctx.status = error instanceof DomainError ? 400 : 500;
        ctx.body = String(error);
      });
    },
    createLanguageRouter({
      csrf: {
        check: (_ctx, _purpose, token) => {
          if (token !== 'token') throw new DomainError('form_rejected', 'no');
        },
      },
      issuer: 'http://localhost:3000',
      languages,
      clock: { now: () => now },
    }),
  );

test('keeps the chosen language and goes back to the page', async () => {
  const app = await serveChoice();
  const answer = await app.ask(
    '/language',
    formRequest({ csrf: 'token', locale: 'ar', return: '/interaction/abc?x=1' }),
  );
  expect(answer.status).toBe(303);
  expect(answer.headers.location).toBe('/interaction/abc?x=1');
  expect(answer.headers['set-cookie']?.[0]).toMatch(
    /^latchkey_locale=ar\.\d+; path=\/; expires=.*; samesite=lax; httponly$/i,
  );
});

test.each(['https://evil.example/', '//evil.example', '/\\evil.example', '/a\r\nSet-Cookie: x=1', 'x', '/ü'])(
  'leads nowhere else: %j',
  async (address) => {
    const app = await serveChoice();
    const answer = await app.ask('/language', formRequest({ csrf: 'token', locale: 'ar', return: address }));
    expect([answer.status, answer.headers.location]).toEqual([303, '/']);
  },
);

test.each([
  ['a form from elsewhere', { csrf: 'other', locale: 'ar' }],
  ['a language without pages', { csrf: 'token', locale: 'tlh' }],
  ['no language', { csrf: 'token' }],
])('refuses %s', async (_, fields) => {
  const answer = await (await serveChoice()).ask('/language', formRequest(fields));
  expect(answer.status).toBe(400);
  expect(answer.headers['set-cookie']).toBeUndefined();
});

test.each([
  ['ar.1763899000', { tag: 'ar', fresh: false }],
  [`ar.${now.getTime() / 1000 - 60}`, { tag: 'ar', fresh: true }],
  [`ar.${now.getTime() / 1000 + 3600}`, { tag: 'ar', fresh: false }],
  ['ar', undefined],
  ['../x.1', undefined],
])('reads the cookie %s', async (value, expected) => {
  const app = await serve((ctx) => {
    ctx.body = { chosen: chosenLocale(ctx, now) };
  });
  const answer = await app.ask('/', { headers: { cookie: `latchkey_locale=${value}` } });
  expect(answer.json()).toEqual(expected ? { chosen: expected } : {});
});

test('a language just chosen wins over the wish of an app, an older choice does not', async () => {
  const app = await serve((ctx) => {
    testPages.show(ctx, 'setup-done', { email: 'jo@example.com' }, { uiLocales: 'de' });
  });
  const languageFor = async (seconds: number) =>
    (await app.ask('/', { headers: { cookie: `latchkey_locale=fr.${seconds}` } })).headers[
      'content-language'
    ];
  const current = Math.floor(Date.now() / 1000);
  expect([await languageFor(current), await languageFor(current - 7200)]).toEqual(['fr', 'de']);
});

test('the menu names each language as its speakers do, and leads back to the page', () => {
  const menu = createLanguageMenu({ token: () => 'token' }, languages)({ originalUrl: '/x?y' });
  expect(menu).toEqual({
    action: '/language',
    csrf: 'token',
    returnTo: '/x?y',
    languages: [
      { tag: 'en', name: 'English' },
      { tag: 'ar', name: 'العربية' },
    ],
  });
  expect(['fr', 'ja', 'zh'].map(languageName)).toEqual(['Français', '日本語', '中文']);
});
