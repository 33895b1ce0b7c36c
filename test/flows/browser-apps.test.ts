import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.js';
import { closeConnections } from '../support/relying-party-requests.js';
import { startRelyingPartySite, type RelyingPartySite } from '../support/relying-party-site.js';
import { openFixture, type Fixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let fixture: Fixture;
let user: TestUser;
let browser: Browser;
let site: RelyingPartySite;
let elsewhere: RelyingPartySite;
let spa: TestClient;

beforeAll(async () => {
  server = await startServer();
  fixture = await openFixture(server);
  user = await fixture.user();
  const library = createRequire(import.meta.url).resolve('oidc-client-ts');
  const bundle = path.join(
    library.slice(0, library.lastIndexOf('dist')),
    'dist/browser/oidc-client-ts.min.js',
  );
  const files = {
    '/oidc-client-ts.js': { type: 'text/javascript', body: readFileSync(bundle, 'utf8') },
    '/app': {
      type: 'text/html',
      body: '<!doctype html><html lang="en"><title>SPA</title><script src="/oidc-client-ts.js"></script></html>',
    },
  };
  [browser, site, elsewhere] = await Promise.all([
    launchBrowser(),
    startRelyingPartySite(files),
    startRelyingPartySite(),
  ]);
  spa = await fixture.client({ type: 'spa', redirectUris: [`${site.origin}/app`] });
});

afterAll(async () => {
  closeConnections();
  await Promise.all([browser.close(), site.close(), elsewhere.close(), fixture.close()]);
  await server.stop();
});

describe('oidc-client-ts in a page of another origin', () => {
  it('signs in, loads userinfo and refreshes across origins (Fetch Standard §3.2)', async () => {
    const page = await browser.newPage();
    // As JSON: it becomes a script of the page.
    const settings = JSON.stringify({
      authority: server.issuer,
      client_id: spa.clientId,
      redirect_uri: `${site.origin}/app`,
      scope: 'openid email',
      loadUserInfo: true,
    });
    await page.goto(`${site.origin}/app`);
    await page.evaluate(`void new oidc.UserManager(${settings}).signinRedirect()`);
    await page.getByLabel('Email or username').fill(user.email);
    await page.getByLabel('Password', { exact: true }).fill(user.password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.waitForURL(`${site.origin}/app?**`);
    const signedIn = await page.evaluate<{
      profile: unknown;
      refreshed: boolean;
      sub: string;
    }>(`(async () => {
    const manager = new oidc.UserManager(${settings});
    const user = await manager.signinCallback();
    const again = await manager.signinSilent();
    return {
      profile: user.profile,
      refreshed: again.access_token !== user.access_token && again.refresh_token !== user.refresh_token,
      sub: again.profile.sub,
    };
  })()`);
    expect(signedIn).toMatchObject({
      profile: { iss: server.issuer, aud: spa.clientId, sub: user.id, email: user.email },
      refreshed: true,
      sub: user.id,
    });
    await page.close();
  });

  it.each([
    { origin: 'its own', from: () => site, readable: true },
    { origin: 'another', from: () => elsewhere, readable: false },
  ])('may read answers for the client: $readable, from $origin origin (Fetch Standard §3.2)', async (row) => {
    const page = await browser.newPage();
    await page.goto(`${row.from().origin}/callback`);
    const outcome = await page.evaluate<string>(`fetch(${JSON.stringify(`${server.issuer}/token`)}, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token', refresh_token: 'nothing', client_id: ${JSON.stringify(spa.clientId)},
    }),
  }).then((answer) => answer.json()).then(({ error }) => error, () => 'unreadable')`);
    expect(outcome).toBe(row.readable ? 'invalid_grant' : 'unreadable');
    await page.close();
  });

  it('may read discovery and keys from every origin (OIDC Discovery §4)', async () => {
    const page = await browser.newPage();
    await page.goto(`${elsewhere.origin}/callback`);
    const read = (url: string): Promise<number> =>
      page.evaluate<number>(`fetch(${JSON.stringify(url)}).then(({ status }) => status)`);
    expect(await read(`${server.issuer}/.well-known/openid-configuration`)).toBe(200);
    expect(await read(`${server.issuer}/jwks`)).toBe(200);
    await page.close();
  });
});
