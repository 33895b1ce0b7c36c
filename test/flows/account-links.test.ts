import type { Browser, Page } from 'playwright-core';
import { issueAccountLink } from '../../src/domain/account-links/issue-account-link.js';
import { checkAccessibility, launchBrowser } from '../support/browser.js';
import { latchkey } from '../support/cli.js';
import {
  authorizationRequest,
  closeConnections,
  redeemCode,
  refresh,
  tokensOf,
  userinfo,
} from '../support/relying-party-requests.js';
import { formOf, UserAgent } from '../support/relying-party-user-agent.js';
import { openFixture, type Fixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { startSecondServer, startServer, type TestServer } from '../support/server.js';

const NEW_PASSWORD = 'nine quiet lamps, one loud';

let server: TestServer;
let second: TestServer;
let fixture: Fixture;
let client: TestClient;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
  second = await startSecondServer(server);
  fixture = await openFixture(server);
  client = await fixture.client({ scopes: ['openid', 'email', 'offline_access'] });
});

afterAll(async () => {
  await browser.close();
  closeConnections();
  await fixture.close();
  await second.stop();
  await server.stop();
});

const linkOf = async (user: TestUser, purpose: 'password_reset' | 'email_verification') =>
  (await issueAccountLink(fixture.application, purpose, user.id)).url;

const ask = (prompt?: string) =>
  authorizationRequest(server.issuer, client, {
    scope: 'openid email offline_access',
    ...(prompt === undefined ? {} : { prompt }),
  });

async function signIn(user: TestUser) {
  const agent = new UserAgent(server.issuer);
  const request = ask('consent');
  const code = await agent.codeOf(request.url, user);
  const { codeVerifier } = request;
  return { agent, tokens: tokensOf(await redeemCode(server.issuer, client, { code, codeVerifier })) };
}

async function openPage(javaScriptEnabled: boolean): Promise<{ page: Page; origins: ReadonlySet<string> }> {
  const context = await browser.newContext({ javaScriptEnabled });
  const page = await context.newPage();
  const origins = new Set<string>();
  page.on('request', (request) => origins.add(new URL(request.url()).origin));
  return { page, origins };
}

describe('resetting a password by a link', () => {
  test.each([true, false])('works in a browser, scripts %s, and ends what was issued', async (scripts) => {
    const user = await fixture.user();
    const { agent, tokens } = await signIn(user);
    const link = await linkOf(user, 'password_reset');
    const { page, origins } = await openPage(scripts);

    await page.goto(link);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Choose a new password');
    expect(await page.locator('#password:focus').count()).toBe(1);
    if (scripts) expect(await checkAccessibility(page)).toEqual([]);
    await page.locator('#password').fill('short');
    await page.getByRole('button', { name: 'Change password' }).click();
    expect(await page.locator('.summary').innerText()).toContain('at least 15 characters');
    await page.locator('#password').fill(NEW_PASSWORD);
    await page.getByRole('button', { name: 'Change password' }).click();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Your password is changed');
    // It signs nobody in (OWASP ASVS V6.4.3), and the pages tell the link to nobody.
    expect(await page.context().cookies()).toEqual([]);
    expect([...origins]).toEqual([server.issuer]);

    await page.goto(link);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('This link does not work');
    await page.context().close();

    expect((await refresh(server.issuer, client, tokens.refreshToken)).status).toBe(400);
    expect((await userinfo(server.issuer, tokens.accessToken)).status).toBe(401);
    expect((await agent.open(ask('none').url)).url.searchParams.get('error')).toBe('login_required');
    await expect(signIn(user)).rejects.toThrow('The email or password is not right.');
    await expect(signIn({ ...user, password: NEW_PASSWORD })).resolves.toBeDefined();
  });

  test('has one winner among many at once, on two servers', async () => {
    const user = await fixture.user();
    const link = await linkOf(user, 'password_reset');
    const agents = Array.from(
      { length: 6 },
      (_, index) => new UserAgent(server.issuer, index % 2 === 0 ? server.url : second.url),
    );
    // All have the form before the first one posts it.
    const ready = await Promise.all(
      agents.map(async (agent) => ({
        agent,
        form: formOf(await agent.request(link), new URL(link).pathname),
      })),
    );
    const answers = await Promise.all(
      ready.map(({ agent, form }, index) => agent.post(form, { password: `${NEW_PASSWORD} ${index}` })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404, 404, 404]);
    const winner = answers.findIndex(({ status }) => status === 200);
    await expect(signIn({ ...user, password: `${NEW_PASSWORD} ${winner}` })).resolves.toBeDefined();
  });

  test('fails after the account was disabled, and stays so (S39)', async () => {
    const user = await fixture.user();
    const link = await linkOf(user, 'password_reset');
    const agent = new UserAgent(server.issuer);
    const form = formOf(await agent.request(link), new URL(link).pathname);
    await fixture.disable(user);
    expect((await agent.request(link)).status).toBe(404);
    expect((await agent.post(form, { password: NEW_PASSWORD })).status).toBe(404);
    await latchkey(server, ['user', 'enable', user.email]);
    expect((await agent.post(form, { password: NEW_PASSWORD })).status).toBe(404);
  });
});

test.each([true, false])('an email address is verified in a browser, scripts %s', async (scripts) => {
  const user = await fixture.user({ emailVerified: false });
  const command = await latchkey(server, ['user', 'verification-link', user.email]);
  const { page, origins } = await openPage(scripts);
  await page.goto(command.field('url'));
  if (scripts) expect(await checkAccessibility(page)).toEqual([]);
  await page.getByRole('button', { name: 'Yes, confirm it' }).click();
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Your email address is confirmed');
  expect([...origins]).toEqual([server.issuer]);
  await page.context().close();
  const { tokens } = await signIn(user);
  expect(JSON.parse((await userinfo(server.issuer, tokens.accessToken)).text)).toMatchObject({
    email: user.email,
    email_verified: true,
  });
});

test('what happened is in the audit log, and no token is in the logs of the server (S74)', async () => {
  const user = await fixture.user({ emailVerified: false });
  const links = [await linkOf(user, 'email_verification'), await linkOf(user, 'password_reset')];
  const agent = new UserAgent(server.issuer);
  for (const link of links) {
    const form = formOf(await agent.request(link), new URL(link).pathname);
    expect((await agent.post(form, { password: NEW_PASSWORD })).status).toBe(200);
  }
  const { events } = await fixture.application.auditReader.list({ limit: 4, subjectId: user.id });
  expect(events.map(({ type }) => type)).toEqual([
    'password.changed',
    'email.verified',
    'password.reset_requested',
    'email.verification_requested',
  ]);
  expect(events.map(({ actor }) => actor.id)).toEqual([user.id, user.id, undefined, undefined]);
  const written = JSON.stringify(events) + server.stdout() + server.stderr();
  expect(written).toContain('/reset-password/:id');
  for (const link of links) expect(written).not.toContain(link.slice(link.lastIndexOf('/') + 1));
});
