import { testPages, useHttpApps } from '../support/http-app.js';
import type { PageSettings } from '../../src/http/pages.js';

const serve = useHttpApps();

const serveDone = (settings?: PageSettings) =>
  serve((ctx) => {
    testPages.show(ctx, 'setup-done', { email: 'jo@example.com' }, settings);
  });

test('a page is HTML that nobody on the way keeps (RFC 9111 §5.2.2.5)', async () => {
  const answer = await (await serveDone()).ask('/');
  expect(answer.status).toBe(200);
  expect(answer.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-language': 'en',
    vary: 'Accept-Language',
  });
  expect(answer.headers['content-length']).toBe(String(Buffer.byteLength(answer.body)));
});

test('a page has the status that it is shown with', async () => {
  expect((await (await serveDone({ status: 422 })).ask('/')).status).toBe(422);
});

describe('the language of a page (OpenID Connect Core 1.0 §3.1.2.1)', () => {
  test.each([
    ["the browser's", undefined, '/', 'de-CH,en;q=0.5', 'de'],
    ["the address's before the browser's", undefined, '/?ui_locales=de', 'en', 'de'],
    ["the app's before the address's", 'de', '/?ui_locales=en', 'en', 'de'],
    ['the first one that there is', 'tlh it-CH de en', '/', 'en', 'de'],
    ['ours where none is known', 'tlh', '/?ui_locales=it', 'it', 'en'],
    ["the browser's where the address says it twice", undefined, '/?ui_locales=de&ui_locales=de', 'en', 'en'],
    ['ours where the address says nonsense', undefined, '/?ui_locales=%00../../en', '', 'en'],
  ])('is %s', async (_, uiLocales, path, acceptLanguage, expected) => {
    const app = await serveDone({ uiLocales });
    const answer = await app.ask(path, { headers: { 'accept-language': acceptLanguage } });
    expect(answer.headers['content-language']).toBe(expected);
    expect(answer.body).toContain(`<html lang="${expected}" dir="ltr">`);
  });
});

test.each([
  ['popup', 'popup'],
  ['page', 'page'],
  ['wap', 'page'],
  ['"><script>', 'page'],
  [undefined, 'page'],
])('display=%s is shown as a %s', async (display, expected) => {
  expect((await (await serveDone({ display })).ask('/')).body).toContain(`<body class="${expected}">`);
});
