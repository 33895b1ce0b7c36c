import type { Middleware } from 'koa';
import { DomainError } from '../../../src/domain/errors.js';
import { errorHandler } from '../../../src/http/middlewares/error-handler.js';
import { issuerHost } from '../../../src/http/middlewares/issuer-host.js';
import { requestId } from '../../../src/http/middlewares/request-id.js';
import { securityHeaders } from '../../../src/http/middlewares/security-headers.js';
import { staticFiles } from '../../../src/http/middlewares/static-files.js';
import {
  BROWSER,
  createRecordingLogger,
  testAssets,
  testPages,
  useHttpApps,
  type HttpApp,
} from '../../support/http-app.js';

const serve = useHttpApps();

/** One path for each kind of answer. */
const answers: Middleware = (ctx) => {
  switch (ctx.path) {
    case '/page':
      testPages.show(ctx, 'setup-done', { email: 'jo@example.com' });
      break;
    case '/json':
      ctx.body = { keys: [] };
      break;
    case '/redirect':
      ctx.redirect('https://shop.example.com/callback');
      break;
    case '/empty':
      ctx.status = 204;
      break;
    case '/refused':
      throw new DomainError('form_rejected', 'The form was not posted from a page of this server.');
    case '/broken':
      throw new Error('broken');
  }
};

function serveAnswers(issuer: string): Promise<HttpApp> {
  return serve(
    requestId,
    securityHeaders(issuer),
    errorHandler(testPages, createRecordingLogger()),
    issuerHost(issuer, testPages),
    staticFiles(testAssets),
    answers,
  );
}

const KINDS: readonly (readonly [string, number, string])[] = [
  ['a page', 200, '/page'],
  ['JSON', 200, '/json'],
  ['a redirect', 302, '/redirect'],
  ['an empty answer', 204, '/empty'],
  ['a refusal', 403, '/refused'],
  ['a failure', 500, '/broken'],
  ['an unknown address', 404, '/nothing'],
  ['an asset', 200, '/assets/latchkey.css'],
];

describe.each(KINDS)('%s', (_, status, path) => {
  test.each([
    ['a browser', BROWSER],
    ['a program', { accept: 'application/json' }],
  ])('carries the security headers for %s', async (_asker, headers) => {
    const app = await serveAnswers('https://id.example.com');
    const answer = await app.ask(path, { headers: { ...headers, host: 'id.example.com' } });
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'strict-transport-security': expect.stringMatching(/^max-age=31536000\b/) as string,
    });
    const policy = String(answer.headers['content-security-policy']).split('; ');
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
      ]),
    );
    expect(policy.join()).not.toMatch(/unsafe|\*|https?:/);
  });
});

test('a request for another host carries them too', async () => {
  const app = await serveAnswers('https://id.example.com');
  const answer = await app.ask('/page', { headers: { host: 'evil.example' } });
  expect(answer).toMatchObject({ status: 421, headers: { 'x-frame-options': 'DENY' } });
});

test('plain http promises no https (RFC 6797 §7.2)', async () => {
  const app = await serveAnswers('http://id.example.com');
  const answer = await app.ask('/page', { headers: { host: 'id.example.com' } });
  expect(answer.headers).not.toHaveProperty('strict-transport-security');
});

test('a popup keeps the window that opened it', async () => {
  const app = await serveAnswers('https://id.example.com');
  const answer = await app.ask('/page', { headers: { host: 'id.example.com' } });
  expect(answer.headers).not.toHaveProperty('cross-origin-opener-policy');
});
