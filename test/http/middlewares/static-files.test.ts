import { staticFiles } from '../../../src/http/middlewares/static-files.js';
import { testAssets, useHttpApps } from '../../support/http-app.js';

const serve = useHttpApps();
const CSS = '/assets/latchkey.css';
const serveFiles = () => serve(staticFiles(testAssets));

test('serves a file with its type, its length and its entity tag', async () => {
  const app = await serveFiles();
  const answer = await app.ask(CSS);
  expect(answer.status).toBe(200);
  expect(answer.headers).toMatchObject({
    'content-type': 'text/css; charset=utf-8',
    'content-length': String(Buffer.byteLength(answer.body)),
    etag: testAssets.serve(CSS)?.etag,
  });
  expect(answer.body).toContain('color-scheme');
});

test('is immutable under its hash, and asked for again under any other address (RFC 8246 §2)', async () => {
  const app = await serveFiles();
  const forEver = await app.ask(testAssets.assetPath('latchkey.css'));
  expect(forEver.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  const old = await app.ask(`${CSS}?v=old`);
  expect(old).toMatchObject({ status: 200, headers: { 'cache-control': 'no-cache' } });
});

test('answers HEAD with the headers alone (RFC 9110 §9.3.2)', async () => {
  const app = await serveFiles();
  const [get, head] = await Promise.all([app.ask(CSS), app.ask(CSS, { method: 'HEAD' })]);
  expect(head).toMatchObject({ status: 200, body: '' });
  for (const name of ['content-type', 'content-length', 'etag', 'cache-control']) {
    expect([name, head.headers[name]]).toEqual([name, get.headers[name]]);
  }
});

describe('If-None-Match (RFC 9110 §13.1.2)', () => {
  const etag = testAssets.serve(CSS)?.etag ?? '';

  test.each([etag, `W/${etag}`, `"other", ${etag}`, '*'])('%s is answered with 304', async (condition) => {
    const app = await serveFiles();
    const answer = await app.ask(CSS, { headers: { 'if-none-match': condition } });
    expect(answer).toMatchObject({ status: 304, body: '', headers: { etag, 'cache-control': 'no-cache' } });
  });

  test('of an older file is answered with the file', async () => {
    const app = await serveFiles();
    const answer = await app.ask(CSS, { headers: { 'if-none-match': '"older"' } });
    expect(answer.status).toBe(200);
    expect(answer.body).not.toBe('');
  });
});

test.each([
  '/assets/../package.json',
  '/assets/../../package.json',
  '/assets/..%2f..%2fpackage.json',
  '/assets/%2e%2e/login.ejs',
  '/assets/..\\..\\package.json',
  '/assets/latchkey.css/',
  '/assets/latchkey.css%00.js',
  '//assets/latchkey.css',
  '/assets/constructor',
  '/assets/',
])('has nothing at %s', async (path) => {
  const app = await serveFiles();
  expect((await app.ask(path)).status).toBe(404);
});

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('leaves %s to others', async (method) => {
  const app = await serve(staticFiles(testAssets), (ctx) => {
    ctx.status = 405;
  });
  expect((await app.ask(CSS, { method })).status).toBe(405);
});
