import { createHmac } from 'node:crypto';
import { createCsrf } from '../../../src/http/middlewares/csrf.js';
import { errorHandler } from '../../../src/http/middlewares/error-handler.js';
import { createRecordingLogger, testPages, useHttpApps } from '../../support/http-app.js';

const serve = useHttpApps();
const hashWith = (key: string) => (text: string) => createHmac('sha256', key).update(text).digest();
const ISSUER = 'https://id.example.com/tenant';
const ORIGIN = 'https://id.example.com';
const csrf = createCsrf(hashWith('a key for tests'), ISSUER);
const PURPOSE = 'interaction one';

/** Posts a token with headers and answers the status: 204 when the check let it through. */
async function post(
  token: string | undefined,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const app = await serve(errorHandler(testPages, createRecordingLogger()), (ctx) => {
    csrf.check(ctx, PURPOSE, token);
    ctx.status = 204;
  });
  return (await app.ask('/', { method: 'POST', headers })).status;
}

describe('the token (CVE-2023-34927)', () => {
  test('lets its own form through', async () => {
    expect(await post(csrf.token(PURPOSE))).toBe(204);
  });

  test.each([
    ['is missing', undefined],
    ['is empty', ''],
    ['is of another form', csrf.token('interaction two')],
    ['is of another key', createCsrf(hashWith('another key'), ISSUER).token(PURPOSE)],
    ['is cut', csrf.token(PURPOSE).slice(0, -1)],
    ['is longer', `${csrf.token(PURPOSE)}A`],
    ['has one character changed', csrf.token(PURPOSE).replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))],
    ['is as long in characters but not in bytes', 'é'.repeat(csrf.token(PURPOSE).length)],
  ])('is refused with 403 when it %s', async (_, token) => {
    expect(await post(token, { origin: ORIGIN, 'sec-fetch-site': 'same-origin' })).toBe(403);
  });

  test('is the same for the same form, is no plain hash and fits a URL', () => {
    expect(csrf.token(PURPOSE)).toBe(csrf.token(PURPOSE));
    expect(csrf.token(PURPOSE)).toMatch(/^[\w-]{43}$/);
    expect(csrf.token(PURPOSE)).not.toBe(csrf.token(`${PURPOSE} `));
  });
});

describe('where the form comes from (OWASP ASVS 5.0 V3.5.1)', () => {
  test.each([
    [{}],
    [{ origin: ORIGIN }],
    [{ 'sec-fetch-site': 'same-origin' }],
    [{ origin: ORIGIN, 'sec-fetch-site': 'same-origin' }],
  ])('may be told by %j', async (headers) => {
    expect(await post(csrf.token(PURPOSE), headers)).toBe(204);
  });

  test.each<[Readonly<Record<string, string>>]>([
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ origin: 'http://id.example.com' }],
    [{ origin: 'https://id.example.com:8443' }],
    [{ origin: 'https://id.example.com.evil.example' }],
    [{ origin: ISSUER }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ origin: ORIGIN, 'sec-fetch-site': 'cross-site' }],
    [{ origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }],
  ])('may not be told by %j, even with the right token', async (headers) => {
    expect(await post(csrf.token(PURPOSE), headers)).toBe(403);
  });
});
