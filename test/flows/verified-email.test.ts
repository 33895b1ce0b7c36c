import { configurationFile } from '../support/configuration-file.js';
import { openMailReader, type MailReader } from '../support/mail-reader.js';
import {
  authorizationRequest,
  closeConnections,
  json,
  postForm,
  redeemCode,
  refresh,
  tokensOf,
  userinfo,
} from '../support/relying-party-requests.js';
import { expectSpecError } from '../support/server-answers.js';
import { codeIn, formOf, UserAgent, type Arrival } from '../support/relying-party-user-agent.js';
import { openFixture, type Fixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { startSecondServer, startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let fixture: Fixture;
/** Takes everybody. */
let open: TestClient;
/** Takes verified addresses only. */
let strict: TestClient;
let mails: MailReader;

beforeAll(async () => {
  server = await startServer();
  fixture = await openFixture(server);
  open = await fixture.client();
  strict = await fixture.client({ requireVerifiedEmail: true });
  mails = openMailReader(fixture.application);
});

afterAll(async () => {
  closeConnections();
  await fixture.close();
  await server.stop();
});

const unverified = (): Promise<TestUser> => fixture.user({ emailVerified: false });
const ask = (client: TestClient, extra: Readonly<Record<string, string>> = {}) =>
  authorizationRequest(server.issuer, client, extra);

function pageOf({ page, url }: Arrival): NonNullable<Arrival['page']> {
  if (!page) throw new Error(`There is no page, but ${url.href}`);
  return page;
}

async function signIn(
  agent: UserAgent,
  url: string,
  user: TestUser,
  password = user.password,
): Promise<Arrival> {
  const page = pageOf(await agent.open(url));
  return agent.submit(formOf(page, '/login'), { username: user.email, password });
}

/** Opens the newest link of a mail and presses its button. */
async function verify(agent: UserAgent, user: TestUser): Promise<Arrival> {
  const link = await mails.emailVerification(user.email);
  const page = pageOf(await agent.open(link));
  return agent.submit(formOf(page, new URL(link).pathname), {});
}

test('a sign-in waits for the link, which goes on in the same browser', async () => {
  const user = await unverified();
  const agent = new UserAgent(server.issuer);
  const request = ask(strict);
  const waiting = await signIn(agent, request.url, user);
  expect(waiting.url.pathname).toMatch(/\/verify-email$/);
  expect(pageOf(waiting).text).toContain(user.email);
  // There is no session yet, whatever the address says.
  expect((await agent.open(ask(open, { prompt: 'none' }).url)).url.searchParams.get('error')).toBe(
    'login_required',
  );
  const opened = await agent.open(`${waiting.url.href}?opened=1`);
  expect(pageOf(opened).text).toContain('Your address is not verified yet.');

  const done = await verify(agent, user);
  const tokens = tokensOf(
    await redeemCode(server.issuer, strict, { code: codeIn(done.url), codeVerifier: request.codeVerifier }),
  );
  expect(tokens.idToken).not.toBe('');
  expect(await mails.kindsTo(user.email)).toEqual(['email-verification']);
  // The next sign-in is like any other.
  expect((await agent.open(ask(strict, { prompt: 'none' }).url)).url.searchParams.has('code')).toBe(true);
});

test('a link that is opened elsewhere signs nobody in there, and lets the sign-in go on where it waits', async () => {
  const user = await unverified();
  const agent = new UserAgent(server.issuer);
  const waiting = await signIn(agent, ask(strict).url, user);
  const elsewhere = new UserAgent(server.issuer);
  const done = await verify(elsewhere, user);
  expect(pageOf(done).text).toContain('You can go back to where you were signing in');
  expect((await elsewhere.open(ask(open, { prompt: 'none' }).url)).url.searchParams.get('error')).toBe(
    'login_required',
  );
  expect((await agent.open(`${waiting.url.href}?opened=1`)).url.searchParams.has('code')).toBe(true);
});

test('any other change of the account ends what waits', async () => {
  const user = await unverified();
  const agent = new UserAgent(server.issuer);
  const waiting = await signIn(agent, ask(strict).url, user);
  await verify(new UserAgent(server.issuer), user);
  const { knex } = fixture.application.database;
  await knex('accounts').where({ id: user.id }).increment('version', 1);
  const again = await agent.open(`${waiting.url.href}?opened=1`);
  expect(pageOf(again).text).toContain('current-password');
});

test('the mail is sent again, not for ever, and a stranger causes none (S31)', async () => {
  const user = await unverified();
  const agent = new UserAgent(server.issuer);
  const wrong = await signIn(agent, ask(strict).url, user, 'not the password');
  expect(pageOf(wrong).text).not.toContain('verif');
  let page = pageOf(
    await agent.submit(formOf(pageOf(wrong), '/login'), {
      username: user.email,
      password: user.password,
    }),
  );
  expect(await mails.kindsTo(user.email)).toHaveLength(1);
  const first = await mails.emailVerification(user.email);
  for (let sent = 1; page.status === 200 && sent < 50; sent += 1) {
    page = pageOf(await agent.submit(formOf(page, '/verify-email'), {}));
    if (sent === 1) expect(page.text).toContain('Only its link works now.');
  }
  expect(page.status).toBe(429);
  expect(page.text).toContain('Too many tries.');
  expect(pageOf(await agent.open(first)).status).toBe(404);
});

test('a session is held to it as well: prompt=none answers interaction_required (OIDC Core §3.1.2.6)', async () => {
  const user = await unverified();
  const agent = new UserAgent(server.issuer);
  const elsewhere = await signIn(agent, ask(open).url, user);
  expect(elsewhere.url.searchParams.has('code')).toBe(true);
  const silent = await agent.open(ask(strict, { prompt: 'none' }).url);
  expect(silent.url.searchParams.get('error')).toBe('interaction_required');
  // Nothing has to be typed again.
  const waiting = await agent.open(ask(strict).url);
  expect(waiting.url.pathname).toMatch(/\/verify-email$/);
  const cancelled = await agent.submit(formOf(pageOf(waiting), '/abort'), {});
  expect(cancelled.url.searchParams.get('error')).toBe('access_denied');
  await agent.open(ask(strict).url);
  expect((await verify(agent, user)).url.searchParams.has('code')).toBe(true);
});

test('tokens are held to it as well: an address that is not verified any more ends none of them, but none is of use', async () => {
  const user = await fixture.user();
  const agent = new UserAgent(server.issuer);
  const request = ask(strict);
  const code = await agent.codeOf(request.url, user);
  const redeemed = await redeemCode(server.issuer, strict, { code, codeVerifier: request.codeVerifier });
  const { accessToken, refreshToken } = tokensOf(redeemed);
  const verified = (isVerified: boolean) =>
    fixture.application.database
      .knex('accounts')
      .where({ id: user.id })
      .update({ email_verified: isVerified });
  const later = ask(strict, { prompt: 'none' });
  const unredeemed = codeIn((await agent.open(later.url)).url);
  await verified(false);
  expectSpecError(await refresh(server.issuer, strict, refreshToken), 400, 'invalid_grant');
  const late = { code: unredeemed, codeVerifier: later.codeVerifier };
  expectSpecError(await redeemCode(server.issuer, strict, late), 400, 'invalid_grant');
  expect((await userinfo(server.issuer, accessToken)).status).toBe(401);
  await verified(true);
  expect((await refresh(server.issuer, strict, refreshToken)).status).toBe(200);
  expect((await userinfo(server.issuer, accessToken)).status).toBe(200);
});

test('a device gets tokens after the address is verified, and not before (RFC 8628)', async () => {
  const device = await fixture.client({ type: 'device', redirectUris: [], requireVerifiedEmail: true });
  const { clientId: client_id } = device;
  const asked = json(
    await postForm(`${server.issuer}/device/authorize`, { client_id, scope: 'openid' }),
  ) as Record<'device_code' | 'verification_uri_complete', string>;
  const redeem = () =>
    postForm(`${server.issuer}/token`, {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      client_id,
      device_code: asked.device_code,
    });
  const user = await unverified();
  const agent = new UserAgent(server.issuer);
  const typed = pageOf(await agent.open(asked.verification_uri_complete));
  const confirm = pageOf(await agent.submit(formOf(typed, '/device'), {}));
  const login = pageOf(await agent.submit(formOf(confirm, '/device'), {}));
  const waiting = await agent.submit(formOf(login, '/login'), {
    username: user.email,
    password: user.password,
  });
  expect(waiting.url.pathname).toMatch(/\/verify-email$/);
  expectSpecError(await redeem(), 400, 'authorization_pending');
  const consent = pageOf(await verify(agent, user));
  await agent.submit(formOf(consent, '/consent'), { decision: 'allow' });
  expect((await redeem()).status).toBe(200);
});

test('by deployment it holds for every app, and the pages of the account stay open', async () => {
  const env = { CONFIG: configurationFile('authentication: { require_verified_email: true }') };
  const second = await startSecondServer(server, env);
  try {
    const user = await unverified();
    const agent = new UserAgent(server.issuer, second.url);
    const account = await signIn(agent, '/account/email', user);
    expect(account.url.pathname).toBe('/account/email');
    const silent = await agent.open(ask(open, { prompt: 'none' }).url);
    expect(silent.url.searchParams.get('error')).toBe('interaction_required');
    expect((await agent.open(ask(open).url)).url.pathname).toMatch(/\/verify-email$/);
  } finally {
    await second.stop();
  }
});

test('another address is taken by its owner, signed in where the link is opened, and by nobody else', async () => {
  const [user, somebody] = await Promise.all([fixture.user(), fixture.user()]);
  const agent = new UserAgent(server.issuer);
  const form = formOf(pageOf(await signIn(agent, '/account/email', user)), '/account/email');
  const email = `new-${user.email}`;
  await agent.submit(form, { email });
  const link = await mails.emailChange(email);
  const other = new UserAgent(server.issuer);
  const asked = pageOf(await signIn(other, link, somebody));
  expect(asked.text).toContain('/select');
  const elsewhere = new UserAgent(server.issuer);
  const arrived = await signIn(elsewhere, link, user);
  expect(arrived.url.href).toBe(link);
  await elsewhere.submit(formOf(pageOf(arrived), arrived.url.pathname), {});
  expect(await fixture.application.stores.accounts.findById(user.id)).toMatchObject({
    email,
    emailVerified: true,
  });
});
