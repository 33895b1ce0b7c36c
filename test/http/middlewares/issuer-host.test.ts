import type { Middleware } from 'koa';
import { issuerHost } from '../../../src/http/middlewares/issuer-host.js';
import { requestId } from '../../../src/http/middlewares/request-id.js';
import { trustedProxies } from '../../../src/http/middlewares/trusted-proxies.js';
import { BROWSER, testPages, useHttpApps, type HttpApp } from '../../support/http-app.js';
import { createLibraryMiddleware } from '../../support/library-middleware.js';

const serve = useHttpApps();
const ISSUER = 'https://id.example.com';

const tell: Middleware = (ctx) => {
  ctx.body = { host: ctx.host, origin: `${ctx.protocol}://${ctx.host}` };
};

function serveIssuer(
  issuer: string,
  proxies: readonly string[] = [],
  last: Middleware = tell,
): Promise<HttpApp> {
  return serve(requestId, trustedProxies(proxies), issuerHost(issuer, testPages), last);
}

describe('the host of a request', () => {
  test.each([
    [ISSUER, 'id.example.com'],
    [ISSUER, 'ID.Example.COM'],
    [ISSUER, 'id.example.com:443'],
    ['http://id.example.com', 'id.example.com:80'],
    ['https://id.example.com:8443', 'id.example.com:8443'],
    ['http://[::1]:3000', '[::1]:3000'],
    ['https://id.example.com/tenant', 'id.example.com'],
  ])('of %s may be %s', async (issuer, host) => {
    const app = await serveIssuer(issuer);
    const { host: own, origin } = new URL(issuer);
    expect((await app.ask('/', { headers: { host } })).json()).toEqual({ host: own, origin });
  });

  test.each([
    [ISSUER, 'evil.example'],
    [ISSUER, 'id.example.com.evil.example'],
    [ISSUER, 'evil.id.example.com'],
    [ISSUER, 'id.example.com:80'],
    [ISSUER, 'id.example.com:8443'],
    [ISSUER, 'id.example.com.'],
    [ISSUER, 'user@id.example.com'],
    ['https://id.example.com:8443', 'id.example.com'],
    ['http://id.example.com', 'id.example.com:443'],
  ])('of %s may not be %s (GHSA-2wmj-46rj-qm2w)', async (issuer, host) => {
    const app = await serveIssuer(issuer);
    expect((await app.ask('/', { headers: { host } })).status).toBe(421);
  });

  test('may not be missing, as HTTP/1.0 allows', async () => {
    const app = await serveIssuer(ISSUER);
    expect(await app.sendRaw('GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 421 /);
    expect(await app.sendRaw('GET / HTTP/1.0\r\nHost:\r\n\r\n')).toMatch(/^HTTP\/1\.1 421 /);
  });
});

describe('X-Forwarded-Host', () => {
  const forwarded = {
    host: 'inside:3000',
    'x-forwarded-host': 'id.example.com',
    'x-forwarded-proto': 'http',
  };

  test("counts from a configured proxy, and the scheme is the issuer's all the same", async () => {
    const app = await serveIssuer(ISSUER, ['loopback']);
    expect((await app.ask('/', { headers: forwarded })).json()).toMatchObject({ origin: ISSUER });
    const other = { ...forwarded, 'x-forwarded-host': 'ID.Example.com:443, id.example.com' };
    expect((await app.ask('/', { headers: other })).json()).toEqual({
      host: 'id.example.com',
      origin: ISSUER,
    });
  });

  test('of another host is refused from a configured proxy too', async () => {
    const app = await serveIssuer(ISSUER, ['loopback']);
    const headers = { host: 'id.example.com', 'x-forwarded-host': 'evil.example' };
    expect((await app.ask('/', { headers })).status).toBe(421);
  });

  test('from anybody else neither lets a request in nor keeps one out', async () => {
    const app = await serveIssuer(ISSUER);
    expect((await app.ask('/', { headers: forwarded })).status).toBe(421);
    const headers = {
      host: 'id.example.com',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
    };
    expect((await app.ask('/', { headers })).json()).toMatchObject({
      host: 'id.example.com',
      origin: ISSUER,
    });
  });
});

describe('the refusal', () => {
  test('is a page with a way on for a browser (RFC 9110 §15.5.20)', async () => {
    const app = await serveIssuer(ISSUER);
    const answer = await app.ask('/auth?state=secret', { headers: { ...BROWSER, host: 'evil.example' } });
    expect(answer.status).toBe(421);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
    });
    expect(answer.body).toContain(`href="${ISSUER}"`);
    expect(answer.body).toContain(String(answer.headers['x-request-id']));
    expect(answer.body).not.toContain('evil.example');
  });

  test.each(['application/json', '*/*', undefined])(
    'is JSON for a program that accepts %s',
    async (accept) => {
      const app = await serveIssuer(ISSUER);
      const headers = { host: 'evil.example', ...(accept === undefined ? {} : { accept }) };
      const answer = await app.ask('/token', { method: 'POST', headers });
      expect(answer.status).toBe(421);
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.json()).toEqual({
        error: 'invalid_request',
        error_description: 'This server answers as https://id.example.com only.',
      });
    },
  );
});

test("all addresses in the discovery document are the issuer's own (OpenID Connect Discovery 1.0 §3)", async () => {
  const library = createLibraryMiddleware(ISSUER, {
    client_id: 'shop',
    redirect_uris: ['https://shop.example.com/cb'],
  });
  const app = await serveIssuer(ISSUER, ['loopback'], library);
  const answers = await Promise.all(
    [
      { host: 'id.example.com' },
      { host: 'id.example.com:443', 'x-forwarded-proto': 'http' },
      { host: 'inside:3000', 'x-forwarded-host': 'ID.example.com', 'x-forwarded-proto': 'http' },
    ].map((headers) => app.ask('/.well-known/openid-configuration', { headers })),
  );
  for (const answer of answers) {
    const metadata = Object.entries(answer.json() as Record<string, unknown>);
    const endpoints = metadata.filter(([name]) => /_endpoint$|_uri$|^issuer$/.test(name));
    expect(endpoints.length).toBeGreaterThan(4);
    for (const [, address] of endpoints) expect(new URL(String(address)).origin).toBe(ISSUER);
  }
});
