import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startApiServer, type ApiServer } from './api-server.js';

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><script>alert(1)</script></svg>';
const CALLBACK = 'https://shop.example.test/callback';

let api: ApiServer;
let logos: Server;
let logoUri: string;

beforeAll(async () => {
  logos = createServer((request, response) => {
    if (request.url === '/logo.svg') response.end(SVG);
    else if (request.url === '/moved') response.writeHead(302, { location: '/logo.svg' }).end();
    else if (request.url === '/large') response.end(`${SVG}${' '.repeat(250 * 1024)}`);
    else response.end('<html></html>');
  });
  await new Promise<void>((resolve) => logos.listen(0, '127.0.0.1', resolve));
  logoUri = `http://127.0.0.1:${(logos.address() as AddressInfo).port}`;
  api = await startApiServer();
});
afterAll(async () => {
  await api.stop();
  logos.closeAllConnections();
  await new Promise((resolve) => logos.close(resolve));
});

async function register(body: object = {}): Promise<string> {
  const created = await api.call('POST', '/clients', {
    body: { client_name: 'Shop', type: 'spa', redirect_uris: [CALLBACK], ...body },
  });
  expect(created.status).toBe(201);
  return String(created.body['client_id']);
}

/** The page to sign in that a client's request leads to. */
async function loginPage(clientId: string): Promise<string> {
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  });
  const start = await fetch(`${api.issuer}/authorize?${query.toString()}`, { redirect: 'manual' });
  const cookie = start.headers
    .getSetCookie()
    .map((one) => one.split(';', 1)[0])
    .join('; ');
  const page = await fetch(new URL(start.headers.get('location') ?? '', api.issuer), { headers: { cookie } });
  return page.text();
}

/** Waits for a change that the server makes by itself. */
async function eventually<Result>(ask: () => Promise<Result | undefined>): Promise<Result> {
  for (;;) {
    const result = await ask();
    if (result !== undefined) return result;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const logoOf = async (id: string) => {
  const answer = await api.call('GET', `/clients/${id}/logo`);
  return answer.status === 200 ? answer.body : undefined;
};

describe('the look of a client', () => {
  it('is told with the accent as pages show it, and its pages have it', async () => {
    const id = await register({ branding: { accent: '#FFCC00', radius: 16 } });
    const shown = await api.call('GET', `/clients/${id}`);
    expect(shown.body).toMatchObject({
      branding: { accent: '#FFCC00', radius: 16 },
      shown_accent: { light: expect.stringMatching(/^#\w{6}$/) as string, dark: '#ffcc00' },
    });
    const [, theme] = /<link rel="stylesheet" href="(\/theme\/[^"]+)"/.exec(await loginPage(id)) ?? [];
    const sheet = await fetch(api.issuer + String(theme));
    expect(sheet.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(await sheet.text()).toContain('--radius:16px');
  });

  it('is refused with a reason where it cannot be shown, and goes with null', async () => {
    const id = await register({ branding: { font: 'serif' } });
    const refused = await api.call('PATCH', `/clients/${id}`, { body: { branding: { accent: 'red' } } });
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('not a colour')]);
    await api.call('PATCH', `/clients/${id}`, { body: { branding: null } });
    expect(await loginPage(id)).not.toContain('/theme/');
  });
});

describe('the logo of a client', () => {
  const put = (id: string, text: string, type = 'image/svg+xml') =>
    api.call('PUT', `/clients/${id}/logo`, { text, headers: { 'content-type': type } });

  it('is uploaded, shown on its pages from this origin, and taken away', async () => {
    const id = await register();
    expect((await api.call('GET', `/clients/${id}/logo`)).status).toBe(404);
    const uploaded = await put(id, SVG);
    expect(uploaded.body).toMatchObject({ media_type: 'image/svg+xml', source: 'upload' });
    const url = String(uploaded.body['url']);
    expect(await loginPage(id)).toContain(
      `<img class="client-logo" src="${new URL(url).pathname}" alt="Shop" width="56" height="56">`,
    );
    const image = await fetch(url);
    expect(image.headers.get('content-type')).toBe('image/svg+xml');
    expect(image.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    );
    expect(image.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await api.call('DELETE', `/clients/${id}/logo`)).status).toBe(204);
    expect(await loginPage(id)).not.toContain('client-logo');
    expect((await fetch(url)).status).toBe(404);
  });

  it.each([
    ['what is no image', '<html></html>', 'image/png', 422],
    ['what is said to be no image', SVG, 'text/html', 415],
    ['what is too large', SVG + ' '.repeat(200 * 1024), 'image/svg+xml', 413],
  ])('is refused: %s', async (_, text, type, status) => {
    const id = await register();
    expect((await put(id, text, type)).status).toBe(status);
    expect(await logoOf(id)).toBeUndefined();
  });

  it('is fetched when the client names one, and again when it names another', async () => {
    const id = await register({ logo_uri: `${logoUri}/logo.svg` });
    const logo = await eventually(() => logoOf(id));
    expect(logo).toMatchObject({ media_type: 'image/svg+xml', source: 'logo_uri' });
    expect(await loginPage(id)).toContain('client-logo');
  });

  it.each(['/page.html', '/moved', '/large'])(
    'is not taken from %s, and the one that is there stays',
    async (name) => {
      const id = await register({ logo_uri: `${logoUri}/logo.svg` });
      const before = await eventually(() => logoOf(id));
      await api.call('PATCH', `/clients/${id}`, { body: { logo_uri: `${logoUri}${name}` } });
      // A later client's logo is fetched after it.
      const later = await register({ logo_uri: `${logoUri}/logo.svg` });
      await eventually(() => logoOf(later));
      expect((await logoOf(id))?.['url']).toBe(before['url']);
    },
  );
});
