import type { Browser } from 'playwright-core';
import { issueSignInLink } from '../../src/domain/account-links/issue-sign-in-link.js';
import { changePassword } from '../../src/domain/accounts/change-password.js';
import { checkAccessibility, launchBrowser } from '../support/browser.js';
import {
  authorizationRequest,
  closeConnections,
  redeemCode,
  tokensOf,
} from '../support/relying-party-requests.js';
import { codeIn, formOf, UserAgent } from '../support/relying-party-user-agent.js';
import { openFixture, type Fixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { startServer, type TestServer } from '../support/server.js';

const OTHER_PASSWORD = 'nine quiet lamps, one loud';

let server: TestServer;
let fixture: Fixture;
let client: TestClient;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
  fixture = await openFixture(server);
  client = await fixture.client({ metadata: { initiate_login_uri: 'https://app.example.test/sign-in' } });
});
afterAll(async () => {
  await browser.close();
  closeConnections();
  await fixture.close();
  await server.stop();
});

const linkOf = async (user: TestUser, clientId?: string) =>
  (await issueSignInLink(fixture.application, user.id, { clientId })).url;
const ask = (parameters: Readonly<Record<string, string>> = {}) =>
  authorizationRequest(server.issuer, client, { scope: 'openid', ...parameters });
const pressed = async (agent: UserAgent, link: string) =>
  agent.post(formOf(await agent.request(link), new URL(link).pathname), {});

async function loginPage(agent: UserAgent, parameters?: Readonly<Record<string, string>>) {
  const { page } = await agent.open(ask(parameters).url);
  if (!page) throw new Error('There is no login page.');
  return page;
}

test.each([true, false])(
  'a link signs in through a browser without a password, scripts %s',
  async (scripts) => {
    const user = await fixture.user();
    const context = await browser.newContext({ javaScriptEnabled: scripts });
    const page = await context.newPage();
    await page.goto(await linkOf(user, client.clientId));
    expect(await context.cookies()).toEqual([]);
    if (scripts) expect(await checkAccessibility(page)).toEqual([]);
    await page.getByRole('button', { name: `Sign in as ${user.email}` }).click();
    const way = new URL((await page.locator('main a').getAttribute('href')) ?? '');
    expect([way.host, way.searchParams.get('iss')]).toEqual(['app.example.test', server.issuer]);
    expect(await context.cookies()).toMatchObject(
      [{ httpOnly: true, sameSite: 'Lax', path: '/interaction' }].flatMap((cookie) => [cookie, cookie]),
    );

    const request = ask({ claims: JSON.stringify({ id_token: { amr: null } }) });
    await page.goto(request.url);
    // Nothing answers there: that the browser goes is enough.
    const callback = page.waitForRequest(/^https:\/\/app\.example\.test\/callback\?/);
    await page.getByRole('button', { name: `Continue as ${user.email}` }).click();
    const { codeVerifier } = request;
    const code = codeIn(new URL((await callback).url()));
    const { idToken } = tokensOf(await redeemCode(server.issuer, client, { code, codeVerifier }));
    const claims: unknown = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ sub: user.id, amr: ['otp'] });
    await context.close();
    const { events } = await fixture.application.auditReader.list({ limit: 1, subjectId: user.id });
    expect(events).toMatchObject([{ type: 'sign_in.succeeded', details: { method: 'sign_in_link' } }]);
  },
);

test('one of many browsers at once gets the ticket, and it works once, there alone (S36)', async () => {
  const user = await fixture.user();
  const link = await linkOf(user);
  const agents = Array.from({ length: 5 }, () => new UserAgent(server.issuer));
  const answers = await Promise.all(agents.map((agent) => pressed(agent, link)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404, 404]);
  const winner = agents[answers.findIndex(({ status }) => status === 200)];
  if (!winner) throw new Error('Nobody got it.');
  expect((await loginPage(new UserAgent(server.issuer))).text).not.toContain('Continue as');
  // Each has the ticket and an interaction of its own.
  const tries = await Promise.all(
    [winner.copy(), winner.copy(), winner.copy()].map(async (agent) => {
      const form = formOf(await loginPage(agent), '/ticket');
      return () => agent.submit(form, { ticket: '1' });
    }),
  );
  const arrivals = await Promise.all(tries.map((submit) => submit()));
  expect(arrivals.filter(({ url }) => url.searchParams.has('code'))).toHaveLength(1);
  for (const { page } of arrivals.filter((arrival) => arrival.page)) expect(page?.status).toBe(200);
});

test.each(['disabled', 'password'])('link and ticket die with the account: %s (S39)', async (change) => {
  const user = await fixture.user();
  const agent = new UserAgent(server.issuer);
  await pressed(agent, await linkOf(user));
  const form = formOf(await loginPage(agent), '/ticket');
  const link = await linkOf(user);
  if (change === 'disabled') await fixture.disable(user);
  else
    await changePassword(
      { ...fixture.application, accounts: fixture.application.stores.accounts },
      user.id,
      OTHER_PASSWORD,
    );
  expect((await agent.request(link)).status).toBe(404);
  const { page } = await agent.submit(form, { ticket: '1' });
  expect([page?.status, page?.text.includes('Continue as'), page?.text.includes('class="summary"')]).toEqual([
    200,
    false,
    false,
  ]);
});

test('a ticket does not confirm another account (OpenID Connect Core 1.0 §3.1.2.1 prompt=login)', async () => {
  const [ada, bob] = [await fixture.user(), await fixture.user()];
  const agent = new UserAgent(server.issuer);
  await agent.signIn(ask().url, ada);
  await pressed(agent, await linkOf(bob));
  const page = await loginPage(agent, { prompt: 'login' });
  expect(page.text).not.toContain('Continue as');
  const login = formOf(page, '/login');
  const forced = { ...login, action: login.action.replace('/login', '/ticket') };
  expect((await agent.submit(forced, { ticket: '1' })).page?.text).toContain(ada.email);
});
