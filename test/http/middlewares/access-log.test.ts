import { accessLog, maskedPath } from '../../../src/http/middlewares/access-log.js';
import { errorHandler } from '../../../src/http/middlewares/error-handler.js';
import { requestId } from '../../../src/http/middlewares/request-id.js';
import { trustedProxies } from '../../../src/http/middlewares/trusted-proxies.js';
import { createRecordingLogger, formRequest, testPages, useHttpApps } from '../../support/http-app.js';

const serve = useHttpApps();

async function serveLogged() {
  const logger = createRecordingLogger();
  const app = await serve(
    requestId,
    trustedProxies(['loopback']),
    accessLog(logger),
    errorHandler(testPages, logger),
    (ctx) => {
      if (ctx.path === '/broken') throw new Error('broken');
      if (ctx.path !== '/nothing') ctx.body = 'ok';
    },
  );
  return { app, lines: () => logger.lines.filter(({ event }) => event === 'request') };
}

test('writes one line for each request, with its id, how it was answered, how long it took and for whom', async () => {
  const { app, lines } = await serveLogged();
  const answer = await app.ask('/token', { method: 'POST', headers: { 'x-forwarded-for': '203.0.113.9' } });
  expect(lines()).toEqual([
    {
      level: 'info',
      event: 'request',
      fields: {
        requestId: answer.headers['x-request-id'],
        method: 'POST',
        route: '/token',
        status: 200,
        durationMs: expect.any(Number) as number,
        remoteAddress: '203.0.113.9',
      },
    },
  ]);
});

test.each([
  ['/broken', 500],
  ['/nothing', 404],
])('knows the status that %s was answered with at last', async (path, status) => {
  const { app, lines } = await serveLogged();
  await app.ask(path);
  expect(lines().map(({ fields }) => fields.status)).toEqual([status]);
});

test('tells of probes only where everything is told, since they ask every few seconds', async () => {
  const { app, lines } = await serveLogged();
  await app.ask('/healthz/ready');
  await app.ask('/healthzz');
  expect(lines().map(({ level }) => level)).toEqual(['debug', 'info']);
});

test('writes its line also when what is inside it throws', async () => {
  const logger = createRecordingLogger();
  const app = await serve(accessLog(logger), () => {
    throw new Error('broken');
  });
  expect((await app.ask('/x')).status).toBe(500);
  expect(logger.lines).toHaveLength(1);
});

test('never holds query, body, cookies or credentials (OWASP ASVS 5.0 V16.2.5)', async () => {
  const { app, lines } = await serveLogged();
  await app.ask('/auth?state=s3cret&login_hint=jo@example.com', {
    ...formRequest({ password: 's3cret' }, { authorization: 'Bearer s3cret', cookie: 'session=s3cret' }),
  });
  await app.ask('/auth?s3cret#s3cret');
  expect(lines()).toHaveLength(2);
  expect(JSON.stringify(lines())).not.toMatch(/s3cret|jo@example|\?/);
});

describe('maskedPath', () => {
  const token = 'V1StGXR8_Z5jdHi6B-myTV1StGXR8_Z5jdHi6B-myT0';

  test.each([
    ['/', '/'],
    ['/session/end/confirm', '/session/end/confirm'],
    ['/interaction/9OHw9B1UTTpEpdmOY7Ky5/login', '/interaction/:id/login'],
    [`/a/${token}/${token}`, '/a/:id/:id'],
    ['/a/nineteen-characters', '/a/nineteen-characters'],
    ['/a/twenty2--characters-', '/a/:id'],
    ['/a/%C3%BCber-twenty-characters', '/a/:id'],
    ['/.well-known/openid-configuration', '/.well-known/openid-configuration'],
    [`//${token}//`, '//:id//'],
  ])('%j becomes %j', (path, expected) => {
    expect(maskedPath(path)).toBe(expected);
  });

  test('cuts long paths, and leaves no part of a token that the cut goes through', () => {
    const path = `${'/abcdefgh'.repeat(21)}/${token}`;
    const masked = maskedPath(path);
    expect(masked.length).toBeLessThanOrEqual(200);
    expect(masked).not.toContain(token.slice(0, 4));
  });
});
