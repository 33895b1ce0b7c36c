import { setAccountDisabled } from '../../src/domain/accounts/set-account-disabled.js';
import { signOutEverywhere } from '../../src/domain/sessions/sign-out-everywhere.js';
import {
  authorizationRequest,
  closeConnections,
  redeemCode,
  tokensOf,
} from '../support/relying-party-requests.js';
import { formOf, UserAgent } from '../support/relying-party-user-agent.js';
import { openFixture, type Fixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let fixture: Fixture;
let client: TestClient;

beforeAll(async () => {
  server = await startServer();
  fixture = await openFixture(server);
  client = await fixture.client({ firstParty: true });
});
afterAll(async () => {
  closeConnections();
  await fixture.close();
  await server.stop();
});

type Parameters = Readonly<Record<string, string>>;
const ask = (parameters: Parameters = {}) =>
  authorizationRequest(server.issuer, client, { scope: 'openid', ...parameters });

/** Whom an app learns of where nobody has to do anything: their id, or the error. */
async function silently(agent: UserAgent, parameters: Parameters = {}): Promise<string> {
  const request = ask({ prompt: 'none', ...parameters });
  const { url } = await agent.open(request.url);
  const code = url.searchParams.get('code');
  if (code === null) return url.searchParams.get('error') ?? '';
  const { codeVerifier } = request;
  const { idToken } = tokensOf(await redeemCode(server.issuer, client, { code, codeVerifier }));
  const { sub } = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString()) as {
    readonly sub: string;
  };
  return sub;
}

async function pageOf(agent: UserAgent, parameters: Parameters) {
  const { page } = await agent.open(ask(parameters).url);
  if (!page) throw new Error('No page came.');
  return page;
}

/** The ids by which the page names the sessions, by the account's email. */
function sessionsOn({ text }: { readonly text: string }): ReadonlyMap<string, string> {
  const buttons = [...text.matchAll(/name="session" value="([^"]+)"[^>]*><bdi>([^<]+)</g)];
  return new Map(buttons.map(([, id = '', email = '']) => [email, id]));
}

/** A browser that has signed in as the one, then as the other, of two people. */
async function signedInTwice() {
  const [ada, bert] = await Promise.all([fixture.user(), fixture.user()]);
  const agent = new UserAgent(server.issuer);
  await agent.signIn(ask().url, ada);
  const first = await pageOf(agent, { prompt: 'select_account' });
  const login = await agent.submit(formOf(first, '/select'), { other: '1' });
  if (!login.page) throw new Error('There is no login page.');
  await agent.submit(formOf(login.page, '/login'), { username: bert.email, password: bert.password });
  return { agent, ada, bert };
}

async function select(agent: UserAgent, user: TestUser): Promise<URL> {
  const page = await pageOf(agent, { prompt: 'select_account' });
  const session = sessionsOn(page).get(user.email) ?? '';
  return (await agent.submit(formOf(page, '/select'), { session })).url;
}

test('a browser keeps the sessions of two accounts, and changes between them without a password', async () => {
  const { agent, ada, bert } = await signedInTwice();
  expect(await silently(agent)).toBe(bert.id);
  const page = await pageOf(agent, { prompt: 'select_account' });
  expect([...sessionsOn(page).keys()]).toEqual([bert.email, ada.email]);

  expect((await select(agent, ada)).searchParams.get('code')).toEqual(expect.any(String));
  expect(await silently(agent)).toBe(ada.id);
  expect((await select(agent, bert)).searchParams.get('code')).toEqual(expect.any(String));
  expect(await silently(agent)).toBe(bert.id);
  // The one in use may be chosen too.
  await select(agent, bert);
  expect(await silently(agent)).toBe(bert.id);
  const sessions = await fixture.application.stores.sessions.list({ limit: 10, accountId: ada.id });
  expect(sessions?.sessions).toHaveLength(1);
});

test('an app that asks for the other account by id_token_hint gets it (OpenID Connect Core 1.0 §3.1.2.1)', async () => {
  const { agent, ada, bert } = await signedInTwice();
  await select(agent, ada);
  const request = ask();
  const code = (await agent.open(request.url)).url.searchParams.get('code') ?? '';
  const { codeVerifier } = request;
  const { idToken } = tokensOf(await redeemCode(server.issuer, client, { code, codeVerifier }));
  await select(agent, bert);
  expect(await silently(agent, { id_token_hint: idToken })).toBe('login_required');
  const page = await pageOf(agent, { id_token_hint: idToken });
  expect(page.text).toContain('asks for another account');
  const session = sessionsOn(page).get(ada.email) ?? '';
  const { url } = await agent.submit(formOf(page, '/select'), { session });
  expect(url.searchParams.get('code')).toEqual(expect.any(String));
  expect(await silently(agent, { id_token_hint: idToken })).toBe(ada.id);
});

test('prompt=login asks for the password of the account that was chosen', async () => {
  const { agent, ada } = await signedInTwice();
  const page = await pageOf(agent, { prompt: 'select_account login' });
  const session = sessionsOn(page).get(ada.email) ?? '';
  const { page: again } = await agent.submit(formOf(page, '/select'), { session });
  if (!again) throw new Error('Nobody asked for the password.');
  expect(again.text).toContain('Confirm it’s you');
  const { url } = await agent.submit(formOf(again, '/login'), {
    username: ada.email,
    password: ada.password,
  });
  expect(url.searchParams.get('code')).toEqual(expect.any(String));
  expect(await silently(agent)).toBe(ada.id);
});

test('signing one account out leaves the other, and signing out of the one in use leaves nobody in use', async () => {
  const { agent, ada, bert } = await signedInTwice();
  const page = await pageOf(agent, { prompt: 'select_account' });
  const list = await agent.submit(formOf(page, '/select'), { end: sessionsOn(page).get(bert.email) ?? '' });
  if (!list.page) throw new Error('There is no page.');
  expect([...sessionsOn(list.page).keys()]).toEqual([ada.email]);
  expect(await silently(agent)).toBe('login_required');
  const session = sessionsOn(list.page).get(ada.email) ?? '';
  const { url } = await agent.submit(formOf(list.page, '/select'), { session });
  expect(url.searchParams.get('code')).toEqual(expect.any(String));
  expect(await silently(agent)).toBe(ada.id);
});

test('a session that was ended elsewhere, or whose account was disabled, is not offered (S39)', async () => {
  const { agent, ada, bert } = await signedInTwice();
  await signOutEverywhere(fixture.application, ada.id);
  expect([...sessionsOn(await pageOf(agent, { prompt: 'select_account' })).keys()]).toEqual([bert.email]);
  await setAccountDisabled(fixture.application, bert.id, true);
  const page = await pageOf(agent, { prompt: 'select_account' });
  expect(page.text).toContain('name="password"');
});

test('another browser cannot name a session of this one', async () => {
  const { agent, ada } = await signedInTwice();
  const session = sessionsOn(await pageOf(agent, { prompt: 'select_account' })).get(ada.email) ?? '';
  const stranger = new UserAgent(server.issuer);
  const mallory = await fixture.user();
  await stranger.signIn(ask().url, mallory);
  const page = await pageOf(stranger, { prompt: 'select_account' });
  const answer = await stranger.post(formOf(page, '/select'), { session });
  expect(answer.status).toBe(422);
  expect(await silently(stranger)).toBe(mallory.id);
});

test('prompt=none with prompt=select_account is refused, and discovery tells of it', async () => {
  const agent = new UserAgent(server.issuer);
  expect(await silently(agent, { prompt: 'none select_account' })).toBe('invalid_request');
  const answer = await agent.request('/.well-known/openid-configuration');
  expect(JSON.parse(answer.text)).toMatchObject({
    prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
  });
});
