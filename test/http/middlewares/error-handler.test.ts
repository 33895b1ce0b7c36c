import type { Middleware } from 'koa';
import { DomainError, type DomainErrorCode } from '../../../src/domain/errors.js';
import { errorHandler } from '../../../src/http/middlewares/error-handler.js';
import { requestId } from '../../../src/http/middlewares/request-id.js';
import { BROWSER, createRecordingLogger, testPages, useHttpApps } from '../../support/http-app.js';

const serve = useHttpApps();

async function serveFailing(last: Middleware) {
  const logger = createRecordingLogger();
  const app = await serve(requestId, errorHandler(testPages, logger), last);
  return { app, logger };
}

const throwing =
  (error: unknown): Middleware =>
  () => {
    throw error;
  };

/** Every code of the domain; a new one does not compile until somebody says here what it becomes. */
const EXPECTED: Readonly<
  Record<DomainErrorCode, readonly [status: number, error: string, retryAfter?: string]>
> = {
  overloaded: [503, 'temporarily_unavailable', '5'],
  storage_unavailable: [503, 'temporarily_unavailable', '5'],
  too_many_attempts: [429, 'temporarily_unavailable', '60'],
  form_rejected: [403, 'invalid_request'],
  invalid_input: [400, 'invalid_request'],
  not_found: [404, 'invalid_request'],
  interaction_not_found: [400, 'invalid_request'],
  already_exists: [500, 'server_error'],
  declared_in_configuration: [500, 'server_error'],
  invalid_credentials: [500, 'server_error'],
  setup_link_invalid: [500, 'server_error'],
  account_link_invalid: [500, 'server_error'],
  account_disabled: [500, 'server_error'],
  passkey_refused: [500, 'server_error'],
  passkey_limit_reached: [500, 'server_error'],
  registration_code_invalid: [500, 'server_error'],
  initial_access_token_invalid: [500, 'server_error'],
  registration_access_token_invalid: [500, 'server_error'],
  client_document_unusable: [500, 'server_error'],
  sign_up_off: [500, 'server_error'],
  setup_already_done: [500, 'server_error'],
  last_administrator: [500, 'server_error'],
  last_way_to_sign_in: [500, 'server_error'],
  built_in: [500, 'server_error'],
  insufficient_rights: [500, 'server_error'],
  artifact_already_consumed: [500, 'server_error'],
  audit_log_broken: [500, 'server_error'],
  secret_key_mismatch: [500, 'server_error'],
  backup_unusable: [500, 'server_error'],
  backup_newer: [500, 'server_error'],
  database_not_empty: [500, 'server_error'],
  database_in_use: [500, 'server_error'],
  rotation_pending: [500, 'server_error'],
  signing_key_exists: [500, 'server_error'],
  signing_key_in_use: [500, 'server_error'],
};

describe.each(Object.entries(EXPECTED))('%s', (code, [status, error, retryAfter]) => {
  const refusal = new DomainError(code as DomainErrorCode, 'a sentence for operators');

  test('is answered to programs in JSON (RFC 6749 §5.2)', async () => {
    const { app } = await serveFailing(throwing(refusal));
    const answer = await app.ask('/', { headers: { accept: 'application/json' } });
    expect(answer.status).toBe(status);
    expect(answer.headers['retry-after']).toBe(retryAfter);
    expect(answer.headers).toMatchObject({
      'content-type': expect.stringMatching(/^application\/json\b/) as string,
      'cache-control': 'no-store',
    });
    expect(answer.json()).toEqual({
      error,
      error_description: `Reference: ${String(answer.headers['x-request-id'])}`,
    });
  });

  test('is answered to people by a page with the reference', async () => {
    const { app } = await serveFailing(throwing(refusal));
    const answer = await app.ask('/', { headers: BROWSER });
    expect(answer.status).toBe(status);
    expect(answer.headers['retry-after']).toBe(retryAfter);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.body).toContain(`<code>${String(answer.headers['x-request-id'])}</code>`);
    expect(answer.body).not.toContain('a sentence for operators');
  });

  test(`is ${status >= 500 ? 'an error' : 'nothing'} for the log`, async () => {
    const { app, logger } = await serveFailing(throwing(refusal));
    const answer = await app.ask('/');
    const expected = { requestId: answer.headers['x-request-id'], errorCode: code };
    expect(logger.lines).toMatchObject(
      status >= 500 ? [{ level: 'error', event: 'request failed', fields: expected }] : [],
    );
    expect(logger.lines).toHaveLength(status >= 500 ? 1 : 0);
  });
});

describe('what nobody foresaw', () => {
  const leaky = Object.assign(new Error('select * from accounts where email = jo@example.com'), {
    code: '42P01',
    query: 's3cret',
  });

  test.each([
    ['an error', leaky],
    ['a status of 500 and above', Object.assign(new Error('upstr3am'), { status: 502 })],
    ['a status that is none', Object.assign(new Error('an 0dd status'), { status: 'teapot' })],
    ['a status that is no error', Object.assign(new Error('an 0dd status'), { status: 200 })],
    ['text', 's3cret'],
    ['nothing', undefined],
  ])('is 500 without a word of it: %s', async (_, error) => {
    const { app, logger } = await serveFailing(throwing(error));
    for (const headers of [BROWSER, { accept: 'application/json' }]) {
      const answer = await app.ask('/', { headers });
      expect(answer.status).toBe(500);
      expect(answer.body).not.toMatch(/select|jo@|s3cret|42P01|upstr3am|0dd status|at .*\.ts:|node_modules/);
    }
    expect(logger.lines).toHaveLength(2);
    expect(JSON.stringify(logger.lines)).not.toMatch(/select|jo@|s3cret|upstr3am|0dd status/);
  });

  test.each([400, 413, 415])('keeps the status of a %i that a part of Koa threw', async (status) => {
    const { app, logger } = await serveFailing((ctx) => ctx.throw(status, 's3cret'));
    const answer = await app.ask('/', { headers: { accept: 'application/json' } });
    expect(answer).toMatchObject({ status });
    expect(answer.json()).toMatchObject({ error: 'invalid_request' });
    expect(answer.body).not.toContain('s3cret');
    expect(logger.lines).toEqual([]);
  });
});

describe('an answer that was begun', () => {
  test('loses its cookies, its redirect and its body', async () => {
    const { app } = await serveFailing((ctx) => {
      ctx.cookies.set('session', 'new');
      ctx.cookies.set('other', 'new');
      ctx.redirect('https://shop.example.com/callback?code=s3cret');
      throw new DomainError('storage_unavailable', 'The database is away.');
    });
    const answer = await app.ask('/', { headers: BROWSER });
    expect(answer.status).toBe(503);
    expect(answer.headers).not.toHaveProperty('set-cookie');
    expect(answer.headers).not.toHaveProperty('location');
    expect(answer.body).not.toContain('s3cret');
  });
});

describe('an address that nothing answers', () => {
  test('is a 404 page for people', async () => {
    const { app } = await serveFailing(() => undefined);
    const answer = await app.ask('/nothing', { headers: BROWSER });
    expect(answer.status).toBe(404);
    expect(answer.body).toContain('<h1>');
    expect(answer.body).not.toContain('/nothing');
  });

  test('is JSON for programs', async () => {
    const { app, logger } = await serveFailing(() => undefined);
    const answer = await app.ask('/nothing');
    expect(answer.status).toBe(404);
    expect(answer.json()).toEqual({
      error: 'not_found',
      error_description: `There is nothing at this path; /.well-known/openid-configuration lists every endpoint. Reference: ${String(answer.headers['x-request-id'])}`,
    });
    expect(logger.lines).toEqual([]);
  });

  test('keeps a 404 that has a body of its own', async () => {
    const { app } = await serveFailing((ctx) => {
      ctx.status = 404;
      ctx.body = { error: 'own' };
    });
    expect((await app.ask('/')).json()).toEqual({ error: 'own' });
  });

  test('answers HEAD without a body (RFC 9110 §9.3.2)', async () => {
    const { app } = await serveFailing(() => undefined);
    expect(await app.ask('/nothing', { method: 'HEAD' })).toMatchObject({ status: 404, body: '' });
  });
});

describe('who gets the page', () => {
  test.each([
    [BROWSER.accept, 'text/html; charset=utf-8'],
    ['text/html', 'text/html; charset=utf-8'],
    ['application/json', 'application/json; charset=utf-8'],
    ['*/*', 'application/json; charset=utf-8'],
    ['image/png', 'application/json; charset=utf-8'],
    ['', 'application/json; charset=utf-8'],
  ])('for Accept: %s it is %s', async (accept, type) => {
    const { app } = await serveFailing(throwing(new Error('broken')));
    const answer = await app.ask('/', { headers: { accept: String(accept) } });
    expect(answer.headers['content-type']).toBe(type);
  });
});
