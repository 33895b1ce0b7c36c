import type { Middleware } from 'koa';
import { continueAfterForm } from '../../../src/http/middlewares/continue-after-form.js';
import { useHttpApps, testPages } from '../../support/http-app.js';

const serve = useHttpApps();
const PATH = '/session/end/confirm';
const TARGET = 'https://shop.example.com/bye?state=a&b="c"';

const serveForm = (last: Middleware) => serve(continueAfterForm(PATH, testPages), last);
const redirecting: Middleware = (ctx) => {
  ctx.redirect(TARGET);
  ctx.status = 303;
  ctx.cookies.set('session', '');
};

test('turns the redirect after a posted form into a page that goes on (CSP Level 3 §6.4.2)', async () => {
  const app = await serveForm(redirecting);
  const answer = await app.ask(PATH, { method: 'POST' });
  expect(answer.status).toBe(200);
  expect(answer.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'set-cookie': [expect.stringMatching(/^session=;/)],
  });
  expect(answer.headers).not.toHaveProperty('location');
  const address = 'https://shop.example.com/bye?state=a&#38;b=%22c%22';
  expect(answer.body).toContain(`<meta http-equiv="refresh" content="0;url=${address}">`);
  expect(answer.body).toContain(`href="${address}"`);
});

test.each([
  ['another method', 'GET', PATH],
  ['another address', 'POST', '/auth'],
  ['an address that only begins alike', 'POST', `${PATH}/more`],
])('leaves the redirect of %s alone', async (_, method, path) => {
  const app = await serveForm(redirecting);
  const answer = await app.ask(path, { method });
  expect(answer.status).toBe(303);
  expect(answer.headers.location).toContain('https://shop.example.com/bye');
});

test('leaves an answer that is no redirect alone', async () => {
  const app = await serveForm((ctx) => {
    ctx.status = 400;
    ctx.body = 'refused';
  });
  expect(await app.ask(PATH, { method: 'POST' })).toMatchObject({ status: 400, body: 'refused' });
});
