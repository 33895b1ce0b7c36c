import { createHealthRouter } from '../../src/http/health.js';
import { errorHandler } from '../../src/http/middlewares/error-handler.js';
import { createRecordingLogger, testPages, useHttpApps } from '../support/http-app.js';

const serve = useHttpApps();

function serveHealth(isReady: () => Promise<boolean>) {
  const errors = errorHandler(testPages, createRecordingLogger());
  return serve(errors, createHealthRouter({ isReady }));
}

const STATES: readonly (readonly [string, () => Promise<boolean>, number, string])[] = [
  ['can be served', () => Promise.resolve(true), 200, 'ready'],
  ['cannot be served', () => Promise.resolve(false), 503, 'not_ready'],
  ['cannot be told to be', () => Promise.reject(new Error('connection terminated')), 503, 'not_ready'],
];

describe.each(STATES)('while requests %s', (_, isReady, status, word) => {
  test(`the server says ${word}, and that it lives`, async () => {
    const app = await serveHealth(isReady);
    const ready = await app.ask('/healthz/ready');
    expect(ready).toMatchObject({ status, headers: { 'cache-control': 'no-store' } });
    expect(ready.json()).toEqual({ status: word });

    const live = await app.ask('/healthz/live');
    expect(live).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
    expect(live.json()).toEqual({ status: 'live' });
  });

  test('a probe by HEAD hears the same', async () => {
    const app = await serveHealth(isReady);
    expect(await app.ask('/healthz/ready', { method: 'HEAD' })).toMatchObject({ status, body: '' });
    expect(await app.ask('/healthz/live', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });
});

test('living does not wait for the database', async () => {
  const app = await serveHealth(() => new Promise(() => undefined));
  expect((await app.ask('/healthz/live')).status).toBe(200);
});

test.each([
  ['GET', '/healthz'],
  ['POST', '/healthz/ready'],
  ['GET', '/healthz/ready/more'],
])('%s %s is no probe', async (method, path) => {
  const app = await serveHealth(() => Promise.resolve(true));
  expect((await app.ask(path, { method })).status).toBe(404);
});
