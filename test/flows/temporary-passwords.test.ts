import { changePassword } from '../../src/domain/accounts/change-password.js';
import { issueSignInLink } from '../../src/domain/account-links/issue-sign-in-link.js';
import { setUpAuthenticator } from '../support/authenticator.js';
import { authorizationRequest, closeConnections } from '../support/relying-party-requests.js';
import { formOf, UserAgent, type Arrival } from '../support/relying-party-user-agent.js';
import {
  openFixture,
  PASSWORD,
  type Fixture,
  type TestClient,
  type TestUser,
} from '../support/server-fixture.js';
import { startServer, type TestServer } from '../support/server.js';

const OWN_PASSWORD = 'seven slow rivers, one bridge';

let server: TestServer;
let fixture: Fixture;
let client: TestClient;

beforeAll(async () => {
  server = await startServer();
  fixture = await openFixture(server);
  client = await fixture.client();
});

afterAll(async () => {
  closeConnections();
  await fixture.close();
  await server.stop();
});

const ask = (extra: Readonly<Record<string, string>> = {}) =>
  authorizationRequest(server.issuer, client, extra);
const codeOf = ({ url }: Arrival): string | null => url.searchParams.get('code');

function pageOf({ page, url }: Arrival): NonNullable<Arrival['page']> {
  if (!page) throw new Error(`There is no page, but ${url.href}`);
  return page;
}

async function typePassword(
  agent: UserAgent,
  url: string,
  user: TestUser,
  password = user.password,
): Promise<Arrival> {
  const form = formOf(pageOf(await agent.open(url)), '/login');
  return agent.submit(form, { username: user.email, password });
}

/** A browser in which a temporary password was typed. */
async function proveTemporary(user: TestUser): Promise<{ agent: UserAgent; page: Arrival }> {
  const agent = new UserAgent(server.issuer);
  return { agent, page: await typePassword(agent, ask().url, user) };
}

test('an account that an administrator has made signs in once it has a password of its own (ASVS 5.0 V6.4.6)', async () => {
  const user = await fixture.user({ passwordTemporary: true });
  const { agent, page } = await proveTemporary(user);
  expect(page.url.pathname).toMatch(/\/new-password$/);
  const form = formOf(pageOf(page), '/new-password');
  const same = await agent.submit(form, { password: PASSWORD });
  expect(pageOf(same).status).toBe(422);
  const done = await agent.submit(form, { password: OWN_PASSWORD });
  expect(codeOf(done)).not.toBeNull();
  expect(codeOf(await agent.open(ask({ prompt: 'none' }).url))).not.toBeNull();

  const next = new UserAgent(server.issuer);
  expect(pageOf(await typePassword(next, ask().url, user)).status).toBe(422);
  expect(codeOf(await typePassword(next, ask().url, user, OWN_PASSWORD))).not.toBeNull();
});

test('there is no session before that, by another tab, by going on or silently', async () => {
  const user = await fixture.user({ passwordTemporary: true });
  const { agent, page } = await proveTemporary(user);
  const uid = /interaction\/([^/]+)/.exec(page.url.pathname)?.[1] ?? '';
  expect(codeOf(await agent.open(`/authorize/${uid}`))).toBeNull();
  const silent = await agent.open(ask({ prompt: 'none' }).url);
  expect(silent.url.searchParams.get('error')).toBe('login_required');
  expect(pageOf(await agent.open(ask().url)).text).toContain('current-password');
  expect((await agent.open('/account/password')).page?.text).toContain('current-password');
});

test('it comes after the second factor, and ends what was issued before', async () => {
  const user = await fixture.user();
  const before = new UserAgent(server.issuer);
  expect(codeOf(await typePassword(before, ask().url, user))).not.toBeNull();
  const authenticator = await setUpAuthenticator(fixture, user);
  const { application } = fixture;
  const deps = { ...application, accounts: application.stores.accounts };
  await changePassword(deps, user.id, user.password, undefined, true);

  const { agent, page } = await proveTemporary(user);
  expect(page.url.pathname).toMatch(/\/second-factor\/totp$/);
  const skipped = await agent.open(page.url.href.replace('/second-factor/totp', '/new-password'));
  expect(skipped.url.pathname).toMatch(/\/second-factor\/totp$/);
  const code = await authenticator.freshCode();
  const asked = await agent.submit(formOf(pageOf(page), '/second-factor/totp'), { code });
  expect(asked.url.pathname).toMatch(/\/new-password$/);
  const done = await agent.submit(formOf(pageOf(asked), '/new-password'), { password: OWN_PASSWORD });
  expect(codeOf(done)).not.toBeNull();
  expect(pageOf(await before.open(ask().url)).text).toContain('current-password');
});

test('a sign-in by a link does not ask for it, and a later proof by the password does, and goes on', async () => {
  const user = await fixture.user({ passwordTemporary: true });
  const { url } = await issueSignInLink(fixture.application, user.id);
  const agent = new UserAgent(server.issuer);
  const link = pageOf(await agent.open(url));
  await agent.submit(formOf(link, new URL(url).pathname), {});
  const login = pageOf(await agent.open(ask().url));
  expect(codeOf(await agent.submit(formOf(login, '/ticket'), { ticket: '1' }))).not.toBeNull();

  const asked = await typePassword(agent, ask({ prompt: 'login' }).url, user);
  expect(asked.url.pathname).toMatch(/\/new-password$/);
  const done = await agent.submit(formOf(pageOf(asked), '/new-password'), { password: OWN_PASSWORD });
  expect(codeOf(done)).not.toBeNull();
});

test('whoever does not want to choose one can give up, and the app is told', async () => {
  const user = await fixture.user({ passwordTemporary: true });
  const { agent, page } = await proveTemporary(user);
  const { url } = await agent.submit(formOf(pageOf(page), '/second-factor/abort'), {});
  expect(url.searchParams.get('error')).toBe('access_denied');
});
