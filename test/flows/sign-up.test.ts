import { openMailReader, type MailReader } from '../support/mail-reader.js';
import {
  authorizationRequest,
  closeConnections,
  redeemCode,
  send,
  tokensOf,
  userinfo,
} from '../support/relying-party-requests.js';
import { codeIn, formOf, UserAgent } from '../support/relying-party-user-agent.js';
import { openFixture, PASSWORD, type Fixture, type TestClient } from '../support/server-fixture.js';
import { startSecondServer, startServer, type TestServer } from '../support/server.js';
import { configurationFile } from '../support/configuration-file.js';

let server: TestServer;
let second: TestServer;
let fixture: Fixture;
let client: TestClient;
let mails: MailReader;

beforeAll(async () => {
  server = await startServer({ env: { CONFIG: configurationFile('sign_up: { mode: open }') } });
  second = await startSecondServer(server);
  fixture = await openFixture(server);
  client = await fixture.client({ firstParty: false, scopes: ['openid', 'email', 'profile'] });
  mails = openMailReader(fixture.application);
});

afterAll(async () => {
  closeConnections();
  await fixture.close();
  await second.stop();
  await server.stop();
});

const ask = (parameters: Readonly<Record<string, string>> = {}) =>
  authorizationRequest(server.issuer, client, { scope: 'openid email profile', ...parameters });

let count = 0;
const newEmail = (): string => `newcomer${(count += 1)}@example.test`;

/** Opens the sign-up page and posts its form. */
async function signUp(agent: UserAgent, email: string, parameters = {}, password = PASSWORD) {
  const request = ask({ prompt: 'create', ...parameters });
  const { page } = await agent.open(request.url);
  if (!page) throw new Error('There is no page.');
  const arrival = await agent.submit(formOf(page, '/sign-up'), { email, password, given_name: 'Jo' });
  return { request, arrival };
}

const pageOf = <Page>({ page }: { readonly page: Page | undefined }): Page => {
  if (!page) throw new Error('There is no page.');
  return page;
};

test('discovery tells that people may be sent to sign up (Initiating User Registration 1.0 §4)', async () => {
  const { text } = await send(`${server.issuer}/.well-known/openid-configuration`);
  expect(JSON.parse(text)).toMatchObject({
    prompt_values_supported: ['none', 'login', 'consent', 'select_account', 'create'],
  });
});

test('a person signs up at the wish of an app, and comes back with tokens', async () => {
  const agent = new UserAgent(server.issuer);
  const email = newEmail();
  const { request, arrival } = await signUp(agent, email);
  const check = pageOf(arrival);
  expect(arrival.url.pathname).toMatch(/\/sign-up\/check$/);
  expect(check.text).toContain(email);
  const { code } = await mails.registration(email);
  const consent = await agent.submit(formOf(check, '/check'), { code: code.toLowerCase() });
  const callback = await agent.submit(formOf(pageOf(consent), '/consent'), { decision: 'allow' });
  const tokens = tokensOf(
    await redeemCode(server.issuer, client, {
      code: codeIn(callback.url),
      codeVerifier: request.codeVerifier,
    }),
  );
  const claims = await userinfo(server.issuer, tokens.accessToken);
  expect(JSON.parse(claims.text)).toMatchObject({ email, email_verified: true, given_name: 'Jo' });
  // The same browser is signed in, and another one signs in by the password.
  const again = await new UserAgent(server.issuer).open(ask().url);
  expect(pageOf(again).text).toContain('/login');
});

test('the link goes on with the interaction in its own browser, through another process too', async () => {
  const agent = new UserAgent(server.issuer);
  const email = newEmail();
  await signUp(agent, email);
  const { link } = await mails.registration(email);
  const there = agent.through(second.url);
  const looked = await there.open(link);
  expect((await there.open(link)).page?.status).toBe(200);
  const consent = await there.submit(formOf(pageOf(looked), '/finish'), {});
  expect(pageOf(consent).text).toContain('/consent');
});

test('the link asks for the password in another browser, and signs nobody in', async () => {
  const email = newEmail();
  await signUp(new UserAgent(server.issuer), email);
  const { link } = await mails.registration(email);
  const other = new UserAgent(server.issuer);
  const page = pageOf(await other.open(link));
  const wrong = await other.post(formOf(page, new URL(link).pathname), {
    password: 'not the password at all',
  });
  expect(wrong.status).toBe(422);
  const done = await other.post(formOf(page, new URL(link).pathname), { password: PASSWORD });
  expect({ status: done.status, names: done.text.includes(email) }).toEqual({ status: 200, names: true });
  expect((await other.request(link)).status).toBe(404);
  expect(pageOf(await other.open(ask().url)).text).toContain('/login');
  const credentials = { id: '', email, password: PASSWORD };
  expect(codeIn(await new UserAgent(server.issuer).signIn(ask().url, credentials))).not.toBe('');
});

test('an interaction that is over leaves the link a way on', async () => {
  const agent = new UserAgent(server.issuer);
  const email = newEmail();
  await signUp(agent, email);
  const { link } = await mails.registration(email);
  const page = pageOf(await agent.open(link));
  agent.forget('latchkey_interaction');
  const itself = await agent.submit(formOf(page, '/finish'), {});
  const done = await agent.submit(formOf(pageOf(itself), new URL(link).pathname), {});
  expect(pageOf(done).text).toContain('/account');
});

test('20 codes at once make one account', async () => {
  const agent = new UserAgent(server.issuer);
  const email = newEmail();
  const { arrival } = await signUp(agent, email);
  const form = formOf(pageOf(arrival), '/check');
  const { code } = await mails.registration(email);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      (index % 2 === 0 ? agent : agent.through(second.url)).copy().post(form, { code }),
    ),
  );
  expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
  expect(answers.filter(({ text }) => text.includes('http-equiv="refresh"'))).toHaveLength(1);
  expect(await fixture.application.stores.accounts.findByLogin(email)).toBeDefined();
});

test('one address that is entered many times at once waits once', async () => {
  const email = newEmail();
  const agents = Array.from({ length: 6 }, () => new UserAgent(server.issuer));
  const arrivals = await Promise.all(agents.map((agent) => signUp(agent, email)));
  expect(arrivals.map(({ arrival }) => arrival.page?.status)).toEqual(agents.map(() => 200));
  const { rows } = await fixture.application.database.knex.raw<{ rows: { waiting: number }[] }>(
    'select count(*)::integer as waiting from registrations where email_hash = ?',
    [fixture.application.registrationHash(`email\0${email}`)],
  );
  expect(rows).toEqual([{ waiting: 1 }]);
});

describe('nobody can tell who has an account (S33)', () => {
  const varying = (text: string, email: string): string =>
    text
      .replaceAll(email, 'EMAIL')
      .replace(/value="[A-Za-z0-9_-]{43}"/g, 'CSRF')
      .replace(/\/interaction\/[A-Za-z0-9_-]+/g, '/interaction/UID');

  test('signing up: the same answers, also to a code', async () => {
    const known = await fixture.user();
    const seen = [];
    for (const email of [known.email, newEmail()]) {
      const agent = new UserAgent(server.issuer);
      const { arrival } = await signUp(agent, email);
      const page = pageOf(arrival);
      const wrong = await agent.post(formOf(page, '/check'), { code: 'XXXX-XXXX' });
      const resent = await agent.submit(formOf(page, '/resend'), {});
      seen.push(
        [page, wrong, pageOf(resent)].map(({ status, text }) => [status, varying(text, email)] as const),
      );
    }
    expect(seen[0]).toEqual(seen[1]);
    expect(await mails.kindsTo(known.email)).toEqual(['registration-existing', 'registration-existing']);
  });

  test('a forgotten password: the same answer, and a mail to the owner alone', async () => {
    const known = await fixture.user();
    const seen = [];
    for (const email of ['nobody-at-all@example.test', known.email]) {
      const agent = new UserAgent(server.issuer);
      const login = pageOf(await agent.open(ask().url));
      const path = /href="([^"]*\/forgot-password)"/.exec(login.text)?.[1] ?? '';
      const page = pageOf(await agent.open(path));
      const { status, text } = await agent.post(formOf(page, '/forgot-password'), { username: email });
      seen.push([status, varying(text, email)]);
    }
    expect(seen[0]).toEqual(seen[1]);
    expect(await mails.passwordReset(known.email)).toContain('/reset-password/');
    expect(await mails.kindsTo('nobody-at-all@example.test')).toEqual([]);
  });
});

test('a forgotten password leads back to where the sign-in began', async () => {
  const user = await fixture.user();
  const agent = new UserAgent(server.issuer);
  const login = pageOf(await agent.open(ask({ state: 'where-it-began' }).url));
  const path = /href="([^"]*\/forgot-password)"/.exec(login.text)?.[1] ?? '';
  await agent.post(formOf(pageOf(await agent.open(path)), '/forgot-password'), { username: user.email });
  const link = await mails.passwordReset(user.email);
  const page = pageOf(await agent.open(link));
  const done = await agent.post(formOf(page, new URL(link).pathname), {
    password: 'nine quiet lamps, one loud',
  });
  expect(done.text).toMatch(/href="\/authorize\?[^"]*state=where-it-began/);
  expect((await new UserAgent(server.issuer).request(link)).status).toBe(404);
});

test.each([
  ['/sign-up/check', { code: 'XXXX-XXXX' }],
  ['/sign-up/resend', {}],
])('a form of %s without a registration shows the form to sign up', async (path, fields) => {
  const agent = new UserAgent(server.issuer);
  const page = pageOf(await agent.open(ask({ prompt: 'create' }).url));
  const form = formOf(page, '/sign-up');
  const answer = await agent.post(
    { ...form, action: `${form.action.replace(/\/sign-up$/, '')}${path}` },
    fields,
  );
  expect(answer.status).toBeLessThan(500);
  expect(answer.text).toContain('name="email"');
});

test.each([
  [{ email: 'jo@example.test\r\nBcc: all@example.test', password: PASSWORD }],
  [{ email: `${'a'.repeat(1000)}@example.test`, password: PASSWORD }],
  [{ email: 'jo2@example.test', password: 'short' }],
  [{ email: 'jo2@example.test', password: PASSWORD, given_name: 'x'.repeat(1000) }],
  [{}],
])('bad input %# keeps what was typed but the password', async (fields) => {
  const agent = new UserAgent(server.issuer);
  const page = pageOf(await agent.open(ask({ prompt: 'create' }).url));
  const answer = await agent.post(formOf(page, '/sign-up'), fields);
  expect(answer.status).toBe(422);
  expect(answer.text).toContain('summary-faults');
  expect(answer.text).not.toContain(PASSWORD);
});

test('/sign-up by itself leads to the form, and then to the account', async () => {
  const page = pageOf(await new UserAgent(server.issuer).open('/sign-up'));
  expect(page.text).toContain('name="email"');
});

test('where nobody may sign up, apps cannot ask for it, and no page offers it', async () => {
  const closed = await startServer();
  try {
    const other = await openFixture(closed);
    const app = await other.client();
    const refused = await new UserAgent(closed.issuer).open(
      authorizationRequest(closed.issuer, app, { scope: 'openid', prompt: 'create' }).url,
    );
    expect(refused.url.searchParams.get('error')).toBe('invalid_request');
    const agent = new UserAgent(closed.issuer);
    const login = pageOf(await agent.open(authorizationRequest(closed.issuer, app, { scope: 'openid' }).url));
    expect(login.text).not.toContain('/sign-up');
    expect((await agent.request('/sign-up')).status).toBe(404);
    await other.close();
  } finally {
    await closed.stop();
  }
});
