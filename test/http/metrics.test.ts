import {
  metricsEndpoint,
  createMetricsApp,
  isFromLoopback,
  type MetricsDeps,
} from '../../src/http/metrics.js';
import { errorHandler } from '../../src/http/middlewares/error-handler.js';
import { silentLogger } from '../../src/observability/logger.js';
import { testPages, useHttpApps } from '../support/http-app.js';

const TOKEN = 'a-token-of-some-length';
const start = useHttpApps();

function endpoint(deps: Partial<MetricsDeps>) {
  return start(
    errorHandler(testPages, silentLogger),
    metricsEndpoint({
      expose: () => Promise.resolve({ type: 'text/plain; version=0.0.4', text: 'latchkey_up 1\n' }),
      token: undefined,
      mayReadWithoutToken: () => false,
      ...deps,
    }),
  );
}

describe('/metrics', () => {
  it('is as if it were not there for those who may not read it', async () => {
    const app = await endpoint({});
    expect((await app.ask('/metrics')).status).toBe(404);
  });

  it('answers those who may', async () => {
    const app = await endpoint({ mayReadWithoutToken: () => true });
    const answer = await app.ask('/metrics');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body).toBe('latchkey_up 1\n');
  });

  it('asks everybody for the token where there is one (RFC 6750 §3)', async () => {
    const app = await endpoint({ token: TOKEN, mayReadWithoutToken: () => true });
    for (const authorization of ['', `Basic ${TOKEN}`, `Bearer ${TOKEN}x`, 'Bearer', `Bearer ${TOKEN} x`]) {
      const refused = await app.ask('/metrics', { headers: { authorization } });
      expect([authorization, refused.status]).toEqual([authorization, 401]);
      expect(refused.headers['www-authenticate']).toBe('Bearer realm="metrics"');
      expect(refused.body).not.toContain('latchkey_up');
    }
    const headers = { authorization: `Bearer ${TOKEN}` };
    expect((await app.ask('/metrics', { headers })).body).toBe('latchkey_up 1\n');
  });

  it('leaves other methods and paths to others', async () => {
    const app = await endpoint({ mayReadWithoutToken: () => true });
    expect((await app.ask('/metrics', { method: 'POST' })).status).toBe(404);
    expect((await app.ask('/metrics/more')).status).toBe(404);
  });
});

test('a port of its own answers the metrics and nothing else', async () => {
  const expose = () => Promise.resolve({ type: 'text/plain', text: 'figures' });
  const app = await start((ctx) =>
    createMetricsApp({ expose, token: undefined }).callback()(ctx.req, ctx.res),
  );
  expect((await app.ask('/metrics')).body).toBe('figures');
  expect((await app.ask('/healthz/live')).status).toBe(404);
});

test.each([
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['::1', true],
  ['192.0.2.1', false],
  ['2001:db8::1', false],
  ['', false],
])('%s is this machine: %s', (ip, expected) => {
  expect(isFromLoopback({ ip })).toBe(expected);
});
