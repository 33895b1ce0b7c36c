import { createRestartCookie } from '../../src/http/interactions/restart-cookie.js';
import { GOOD_PASSWORD } from '../support/account-deps.js';
import { formRequest, shownPage, type HttpAnswer } from '../support/http-app.js';
import { csrf, LOGIN, RESUME, useInteractionApps } from '../support/interaction-app.js';

const serveInteractions = useInteractionApps();

test('giving up tells the app (RFC 6749 §4.1.2.1)', async () => {
  const { interactions, post } = await serveInteractions();
  expect(shownPage(await post('abort', {}))).toMatchObject({
    page: 'continue',
    model: { continueUri: RESUME },
  });
  expect(interactions.finished).toEqual(['End-User aborted interaction']);
});

describe('a form of an interaction', () => {
  test.each(['login', 'consent', 'switch', 'abort'])(
    '%s needs its own token, from this server',
    async (step) => {
      const { interactions, accountId, post } = await serveInteractions();
      interactions.now = { ...LOGIN, prompt: step === 'consent' ? 'consent' : 'login', accountId };
      const fields = { username: 'jo@example.com', password: GOOD_PASSWORD, decision: 'allow' };
      for (const token of ['', csrf.token('interaction two'), csrf.token('setup')]) {
        expect((await post(step, { ...fields, csrf: token })).status).toBe(403);
      }
      expect((await post(step, fields, { origin: 'https://evil.example' })).status).toBe(403);
      expect((await post(step, fields, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
      expect(interactions.finished).toEqual([]);
    },
  );

  test.each(['login', 'consent', 'switch', 'abort'])(
    '%s is led back to its page when it is loaded again',
    async (step) => {
      const { app } = await serveInteractions();
      const answer = await app.ask(`/interaction/one/${step}`);
      expect(answer).toMatchObject({ status: 302, headers: { location: '/interaction/one' } });
    },
  );

  test('cannot lead elsewhere by its address', async () => {
    const { app } = await serveInteractions();
    const answer = await app.ask('/interaction/%2F%2Fevil.example/login');
    expect(answer.headers.location).toBe('/interaction/%2F%2Fevil.example');
  });
});

describe('an interaction that is over, or of another browser (OWASP ASVS 5.0 V2.3.1)', () => {
  const cookieOf = (answer: HttpAnswer): string =>
    (answer.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0]).join('; ');

  test('ends in a page, whatever is posted to it', async () => {
    const { app, interactions } = await serveInteractions();
    const fields = {
      csrf: csrf.token('interaction one'),
      username: 'jo@example.com',
      password: GOOD_PASSWORD,
    };
    for (const step of ['login', 'consent', 'switch', 'abort']) {
      const answer = await app.ask(`/interaction/one/${step}`, formRequest(fields));
      expect([step, answer.status, shownPage(answer).page]).toEqual([step, 400, 'interaction-expired']);
    }
    expect(interactions.finished).toEqual([]);
  });

  test("of another tab is not answered by this tab's cookie", async () => {
    const { app } = await serveInteractions();
    const answer = await app.ask('/interaction/two', { headers: { cookie: 'browser=mine' } });
    expect(answer.status).toBe(400);
  });

  test('begins again where this browser had begun it', async () => {
    const { app, interactions, show } = await serveInteractions();
    const first = await show();
    const cookie = cookieOf(first);
    interactions.now = undefined;
    const answer = await app.ask('/interaction/one', { headers: { cookie } });
    expect(answer.status).toBe(400);
    expect(shownPage(answer)).toEqual({
      page: 'interaction-expired',
      model: { startAgainUri: '/auth?client_id=shop&state=a' },
    });
    const forged = await app.ask('/interaction/one', {
      headers: { cookie: cookie.replace(/=\w{4}/, '=AAAA') },
    });
    expect(shownPage(forged).model).toEqual({});
  });

  test('keeps its beginning in a cookie of its own path only', async () => {
    const { app, interactions } = await serveInteractions({ restartCookie: createRestartCookie(true) });
    const headers = { cookie: 'browser=mine', 'x-forwarded-proto': 'https' };
    const cookies = (await app.ask('/interaction/one', { headers })).headers['set-cookie'];
    const attributes = expect.stringMatching(
      /; path=\/interaction\/one;.*; samesite=lax; secure; httponly$/,
    ) as string;
    expect(cookies).toEqual([attributes, attributes]);
    interactions.now = { ...LOGIN, restartPath: `/auth?state=${'x'.repeat(4000)}` };
    const long = await app.ask('/interaction/one', { headers });
    expect(long.status).toBe(200);
    expect(long.headers).not.toHaveProperty('set-cookie');
  });
});
