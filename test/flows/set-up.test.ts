import type { Browser } from 'playwright-core';
import { checkAccessibility, launchBrowser } from '../support/browser.js';
import { latchkey } from '../support/cli.js';
import { authorizationRequest, closeConnections } from '../support/relying-party-requests.js';
import { formOf, UserAgent } from '../support/relying-party-user-agent.js';
import { openFixture, PASSWORD } from '../support/server-fixture.js';
import { createTestDatabase } from '../support/test-database.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(async () => {
  closeConnections();
  await server.stop();
});

describe('the set-up link', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser();
  });

  afterAll(() => browser.close());

  async function redeem(link: string, email: string, options: { readonly javaScriptEnabled: boolean }) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    await page.goto(link);
    if (options.javaScriptEnabled) {
      // The code has moved into the form, and out of the address bar.
      expect(page.url()).not.toContain('#');
      expect(await checkAccessibility(page)).toEqual([]);
    } else await page.getByLabel('Setup code').fill(new URL(link).hash.slice(1));
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Create administrator' }).click();
    await page
      .getByRole('heading', { level: 1 })
      .filter({ hasNotText: 'Create the first' })
      .or(page.getByRole('heading', { name: 'There is a problem' }))
      .first()
      .waitFor();
    if (options.javaScriptEnabled) expect(await checkAccessibility(page)).toEqual([]);
    const text = await page.locator('main').innerText();
    await context.close();
    return text;
  }

  it('is printed at the first start, makes an administrator once, and is made anew by command', async () => {
    const link = /^ {2}(http:\S+\/setup#\S+)$/m.exec(server.stdout())?.[1] ?? '';
    expect(await redeem(link, 'root@example.test', { javaScriptEnabled: true })).toMatch(
      /root@example\.test can now sign in/,
    );
    expect(await redeem(link, 'second@example.test', { javaScriptEnabled: true })).toMatch(
      /This setup code is wrong, expired or used/,
    );

    const first = (await latchkey(server, ['admin', 'link'])).field('url');
    const second = (await latchkey(server, ['admin', 'link'])).field('url');
    const scripts = { javaScriptEnabled: false };
    expect(await redeem(first, 'second@example.test', scripts)).toMatch(/wrong, expired or used/);
    expect(await redeem(second, 'second@example.test', scripts)).toMatch(
      /second@example\.test can now sign in/,
    );

    const shown = await latchkey(server, ['user', 'show', 'root@example.test']);
    expect(JSON.parse(shown.stdout)).toMatchObject({ roles: ['admin'], disabled: false });
    const fixture = await openFixture(server);
    const client = await fixture.client();
    await fixture.close();
    const root = { id: shown.field('id'), email: 'root@example.test', password: PASSWORD };
    const { url } = authorizationRequest(server.issuer, client);
    expect(await new UserAgent(server.issuer).codeOf(url, root)).not.toBe('');
  });

  it('is not printed once there is an administrator', async () => {
    const later = await startServer({ databaseUrl: server.databaseUrl });
    expect(later.stdout()).not.toContain('/setup#');
    await later.stop();
  });

  it('makes one administrator when it is redeemed many times at once (ASVS 5.0 V6.6)', async () => {
    const code = new URL((await latchkey(server, ['admin', 'link'])).field('url')).hash.slice(1);
    const agent = new UserAgent(server.issuer);
    const { page } = await agent.open(`${server.issuer}/setup`);
    if (!page) throw new Error('There is no set-up page.');
    const form = formOf(page, '/setup');
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        agent.post(form, { code, email: `racer${index}@example.test`, password: PASSWORD }),
      ),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 422, 422, 422, 422, 422, 422, 422]);
  });

  it('of an operator outlives a restart in production, which prints none', async () => {
    const issuer = 'https://id.example.test';
    const database = await createTestDatabase();
    const production = { NODE_ENV: 'production', HOST: 'localhost', ISSUER: issuer };
    const start = (): Promise<TestServer> => startServer({ databaseUrl: database.url, env: production });
    const first = await start();
    expect(first.stdout()).toContain('latchkey admin link');
    expect(first.stdout()).not.toContain('/setup#');
    const code = new URL((await latchkey(first, ['admin', 'link'])).field('url')).hash.slice(1);
    await first.stop();

    const second = await start();
    const agent = new UserAgent(issuer, second.url);
    const { page } = await agent.open(`${issuer}/setup`);
    if (!page) throw new Error('There is no set-up page.');
    const fields = { code, email: 'root@example.test', password: PASSWORD };
    expect((await agent.post(formOf(page, '/setup'), fields)).status).toBe(200);
    await second.stop();
    await database.drop();
  });
});
