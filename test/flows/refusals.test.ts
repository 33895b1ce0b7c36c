import {
  authorizationRequest,
  basic,
  closeConnections,
  json,
  postForm,
  redeemCode,
  send,
  tokensOf,
  type HttpAnswer,
} from '../support/relying-party-requests.js';
import { codeIn, formOf, UserAgent, type Arrival } from '../support/relying-party-user-agent.js';
import { expectErrorPage, expectSpecError } from '../support/server-answers.js';
import { openFixture, type Fixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let fixture: Fixture;
let user: TestUser;
let client: TestClient;
/** Asks for consent. */
let stranger: TestClient;

beforeAll(async () => {
  server = await startServer();
  fixture = await openFixture(server);
  user = await fixture.user();
  client = await fixture.client();
  stranger = await fixture.client({ firstParty: false });
});

afterAll(async () => {
  closeConnections();
  await fixture.close();
  await server.stop();
});

const request = (extra: Readonly<Record<string, string>> = {}, to = client) =>
  authorizationRequest(server.issuer, to, extra);

function pageOf({ page, url }: Arrival): HttpAnswer {
  if (!page) throw new Error(`There is no page, but ${url.href}.`);
  return page;
}

async function openLogin(agent = new UserAgent(server.issuer), to = client) {
  const begun = request({}, to);
  const page = pageOf(await agent.open(begun.url));
  return { agent, begun, page, form: formOf(page, '/login') };
}

const credentials = (): Record<string, string> => ({ username: user.email, password: user.password });

/** A code that nobody has redeemed yet. */
async function freshCode() {
  const begun = request();
  return {
    code: await new UserAgent(server.issuer).codeOf(begun.url, user),
    codeVerifier: begun.codeVerifier,
  };
}

describe('a sign-in that is refused', () => {
  it('looks the same whatever the reason (ASVS 5.0 V6.3.8)', async () => {
    const disabled = await fixture.user({ email: 'disabled@example.test' });
    await fixture.disable(disabled);
    await fixture.application.unitOfWork.run(async ({ accounts }) => {
      const { account } = (await accounts.findByLogin(user.email)) ?? {};
      if (!account) throw new Error('The user is gone.');
      const id = '01890000-0000-7000-8000-000000000001';
      await accounts.insert({
        account: { ...account, id, email: 'passwordless@example.test' },
        passwordHash: undefined,
      });
    });
    const tries = [
      { username: user.email, password: 'not the right password' },
      { username: 'nobody@example.test', password: user.password },
      { username: disabled.email, password: disabled.password },
      { username: 'passwordless@example.test', password: user.password },
      { username: user.email, password: 'x'.repeat(5000) },
    ];
    const answers: { status: number; headers: string[]; text: string }[] = [];
    for (const typed of tries) {
      const { agent, form } = await openLogin();
      const answer = await agent.post(form, typed);
      const uid = form.action.split('/').at(-2) ?? '';
      answers.push({
        status: answer.status,
        headers: Object.keys(answer.headers).sort(),
        text: [uid, form.fields['csrf'] ?? '', typed.username].reduce(
          (text, varying) => text.replaceAll(varying, '…'),
          answer.text,
        ),
      });
    }
    expect(answers[0]?.status).toBe(422);
    expect(answers[0]?.text).toContain('The email or password is not right.');
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('asks for what is missing', async () => {
    const { agent, form } = await openLogin();
    const nameless = await agent.post(form, { username: ' ', password: 'something' });
    expect([nameless.status, nameless.text.includes('Enter your email or username.')]).toEqual([422, true]);
    const wordless = await agent.post(form, { username: user.email, password: '' });
    expect([wordless.status, wordless.text.includes('Enter your password.')]).toEqual([422, true]);
    expect((await agent.submit(form, credentials())).page).toBeUndefined();
  });

  it('too often has to wait, and says how long (ASVS 5.0 V6.3.1)', async () => {
    const { agent, form } = await openLogin();
    const typed = { username: 'somebody@example.test', password: 'not the right password' };
    const answers = await Promise.all(Array.from({ length: 14 }, () => agent.post(form, typed)));
    expect(answers.map(({ status }) => status).sort()).toEqual([
      ...Array.from({ length: 10 }, () => 422),
      ...Array.from({ length: 4 }, () => 429),
    ]);
    const late = answers.find(({ status }) => status === 429);
    expect(late?.headers['retry-after']).toMatch(/^\d+$/);
    expect(late?.text).toContain('Too many tries. Try again in 5 minutes.');
  });
});

describe('the authorization endpoint', () => {
  const ask = (extra: Readonly<Record<string, string>>): Promise<HttpAnswer> => send(request(extra).url);

  it('shows a page for an unknown client (RFC 6749 §4.1.2.1)', async () => {
    await expectErrorPage(server, await ask({ client_id: 'nobody' }), 400, 'This app is not known here');
  });

  it.each(['https://evil.example.test/callback', 'https://app.example.test/callback/', '/callback', ''])(
    'shows a page for the unregistered redirect URI "%s" and does not go there (RFC 9700 §2.1)',
    async (uri) => {
      const answer = await ask({ redirect_uri: uri });
      expect(answer.headers.location).toBeUndefined();
      await expectErrorPage(
        server,
        answer,
        400,
        uri === '' ? 'This sign-in cannot start' : 'is not registered',
      );
    },
  );

  it.each([
    { what: 'no PKCE (RFC 7636 §4.4.1)', extra: { code_challenge: '', code_challenge_method: '' } },
    { what: 'plain PKCE (RFC 9700 §2.1.1)', extra: { code_challenge_method: 'plain' } },
    { what: 'no PKCE method (RFC 7636 §4.3)', extra: { code_challenge_method: '' } },
    { what: 'a short challenge (RFC 7636 §4.2)', extra: { code_challenge: 'short' } },
    { what: 'a claims parameter that is not JSON (OIDC Core §5.5)', extra: { claims: '{"userinfo":' } },
    { what: 'prompt=none with another (OIDC Core §3.1.2.1)', extra: { prompt: 'none login' } },
    { what: 'a negative max_age (OIDC Core §3.1.2.1)', extra: { max_age: '-1' } },
  ])('tells the app of $what', async ({ extra }) => {
    const begun = request(extra);
    const answer = await send(begun.url);
    expect(answer.status).toBe(303);
    const location = new URL(answer.headers.location ?? '');
    expect(location.href.startsWith(`${client.redirectUri}?`)).toBe(true);
    expect(Object.fromEntries(location.searchParams)).toMatchObject({
      error: 'invalid_request',
      state: begun.state,
      iss: server.issuer,
    });
  });

  it.each([
    { extra: { response_type: 'token' }, error: 'unsupported_response_type' },
    { extra: { scope: 'openid phone' }, error: 'invalid_scope' },
    { extra: { resource: 'https://api.example.test' }, error: 'invalid_target' },
    { extra: { request: 'a.b.c' }, error: 'request_not_supported' },
  ])('answers $extra with $error (RFC 6749 §4.1.2.1)', async ({ extra, error }) => {
    const answer = await ask(extra);
    const { search, hash } = new URL(answer.headers.location ?? '');
    // Where tokens were asked for, errors come where tokens would (OAuth 2.0 Multiple Response Types §5).
    expect(new URLSearchParams(search || hash.slice(1)).get('error')).toBe(error);
  });

  it('ignores scopes that nobody knows (OIDC Core §3.1.2.1)', async () => {
    const begun = request({ scope: 'openid treasure' });
    const code = await new UserAgent(server.issuer).codeOf(begun.url, user);
    const redeemed = await redeemCode(server.issuer, client, { code, codeVerifier: begun.codeVerifier });
    expect(json(redeemed)['scope']).toBe('openid');
  });
});

describe('the token endpoint', () => {
  it('refuses a code that comes again (RFC 6749 §4.1.2)', async () => {
    const held = await freshCode();
    expect((await redeemCode(server.issuer, client, held)).status).toBe(200);
    expectSpecError(await redeemCode(server.issuer, client, held), 400, 'invalid_grant');
  });

  it('refuses a wrong code verifier, another client and another redirect URI (RFC 7636 §4.6, RFC 6749 §4.1.3)', async () => {
    const { code, codeVerifier } = await freshCode();
    const attempt = (held: object, as = client): Promise<HttpAnswer> =>
      redeemCode(server.issuer, as, { code, codeVerifier, ...held });
    expectSpecError(await attempt({ codeVerifier: 'a'.repeat(43) }), 400, 'invalid_grant');
    expectSpecError(await attempt({ codeVerifier: '' }), 400, 'invalid_grant');
    expectSpecError(await attempt({}, stranger), 400, 'invalid_grant');
    const moved = { ...client, redirectUri: 'https://app.example.test/other' };
    expectSpecError(await attempt({}, moved), 400, 'invalid_grant');
  });

  it('refuses a client that cannot prove who it is (RFC 6749 §5.2)', async () => {
    const wrong = await redeemCode(server.issuer, { ...client, clientSecret: 'wrong' }, await freshCode());
    expectSpecError(wrong, 401, 'invalid_client');
    expect(wrong.headers['www-authenticate']).toMatch(/^Basic /);
    const unknown = { ...client, clientId: 'nobody' };
    expectSpecError(await redeemCode(server.issuer, unknown, await freshCode()), 401, 'invalid_client');
    const headers = { authorization: 'Basic !!!' };
    expectSpecError(await postForm(`${server.issuer}/token`, {}, { headers }), 400, 'invalid_request');
  });

  it.each([
    { what: 'JSON', type: 'application/json', body: '{"grant_type":"client_credentials"}' },
    { what: 'broken JSON', type: 'application/json', body: '{"grant_type":' },
    { what: 'multipart', type: 'multipart/form-data; boundary=x', body: '--x--' },
    { what: 'no type', type: '', body: 'grant_type=client_credentials' },
    { what: 'nothing', type: 'application/x-www-form-urlencoded', body: '' },
    { what: 'broken escapes', type: 'application/x-www-form-urlencoded', body: 'grant_type=%ZZ&code=%E0%A4' },
    { what: 'an unknown charset', type: 'application/x-www-form-urlencoded; charset=moon', body: 'a=b' },
  ])('refuses a body with $what (RFC 6749 §3.2)', async ({ type, body }) => {
    const answer = await send(`${server.issuer}/token`, {
      method: 'POST',
      headers: { ...basic(client), accept: 'application/json', ...(type && { 'content-type': type }) },
      body,
    });
    expectSpecError(answer, 400, body.includes('%ZZ') ? 'unsupported_grant_type' : 'invalid_request');
  });

  it.each(['/token', '/introspect', '/revoke', '/par', '/device/authorize'])(
    'answers programs in JSON at %s, also those that prefer HTML (RFC 6749 §5.2)',
    async (path) => {
      // As the HTTP client of Java asks by default.
      const accept = 'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2';
      const headers = { ...basic({ ...client, clientSecret: 'wrong' }), accept };
      const answer = await postForm(`${server.issuer}${path}`, { token: 'x' }, { headers });
      expectSpecError(answer, 401, 'invalid_client');
    },
  );

  it('refuses an unknown grant type, and parameters that come twice (RFC 6749 §3.2, §5.2)', async () => {
    const post = (body: string): Promise<HttpAnswer> =>
      postForm(`${server.issuer}/token`, body, { headers: basic(client) });
    expectSpecError(await post('grant_type=password&username=a&password=b'), 400, 'unsupported_grant_type');
    const twice = 'grant_type=authorization_code&grant_type=authorization_code&code=a';
    expectSpecError(await post(twice), 400, 'invalid_request');
    expectSpecError(await post('grant_type=authorization_code&code=a&code=b'), 400, 'invalid_request');
  });
});

describe('a disabled user', () => {
  it('is signed out everywhere at once, without a fault (ASVS 5.0 V7.4.2)', async () => {
    const leaver = await fixture.user();
    const agent = new UserAgent(server.issuer);
    const begun = request({ scope: 'openid offline_access', prompt: 'consent' });
    const code = await agent.codeOf(begun.url, leaver);
    const held = { code, codeVerifier: begun.codeVerifier };
    const tokens = tokensOf(await redeemCode(server.issuer, client, held));
    const pending = request();
    const pendingCode = codeIn((await agent.open(pending.url)).url);
    const open = await openLogin();
    await fixture.disable(leaver);

    const grant = { grant_type: 'refresh_token', refresh_token: tokens.refreshToken };
    const options = { headers: basic(client) };
    expectSpecError(await postForm(`${server.issuer}/token`, grant, options), 400, 'invalid_grant');
    const late = { code: pendingCode, codeVerifier: pending.codeVerifier };
    expectSpecError(await redeemCode(server.issuer, client, late), 400, 'invalid_grant');
    const introspected = await postForm(
      `${server.issuer}/introspect`,
      { token: tokens.accessToken },
      options,
    );
    expect(json(introspected)).toEqual({ active: false });
    const silent = await agent.open(request({ prompt: 'none' }).url);
    expect(silent.url.searchParams.get('error')).toBe('login_required');
    expect(pageOf(await agent.open(request().url)).text).toContain('Sign in');
    const typed = { username: leaver.email, password: leaver.password };
    expect((await open.agent.post(open.form, typed)).status).toBe(422);
  });

  it('whose session and tokens are still there has no use of them (OIDC Core §3.1.2.1)', async () => {
    const leaver = await fixture.user();
    const agent = new UserAgent(server.issuer);
    const begun = request();
    const held = { code: await agent.codeOf(begun.url, leaver), codeVerifier: begun.codeVerifier };
    const tokens = tokensOf(await redeemCode(server.issuer, client, held));
    // Past the use case, which would have ended them.
    await fixture.application.unitOfWork.run(async ({ accounts }) => {
      const account = await accounts.findForUpdate(leaver.id);
      if (!account) throw new Error('The user is gone.');
      await accounts.update({ ...account, disabled: true, version: account.version + 1 });
    });
    const silent = await agent.open(request({ prompt: 'none' }).url);
    expect(silent.url.searchParams.get('error')).toBe('login_required');
    expect(pageOf(await agent.open(request().url)).text).toContain('Sign in');
    const grant = { grant_type: 'refresh_token', refresh_token: tokens.refreshToken };
    const refused = await postForm(`${server.issuer}/token`, grant, { headers: basic(client) });
    expectSpecError(refused, 400, 'invalid_grant');
    const claims = await send(`${server.issuer}/userinfo`, {
      headers: { accept: 'application/json', authorization: `Bearer ${tokens.accessToken}` },
    });
    expectSpecError(claims, 401, 'invalid_token');
  });
});

it('what a plain server does not offer is not there: registration, challenges, requests by the back channel', async () => {
  for (const path of ['/register', '/challenge', '/backchannel']) {
    const answer = await send(`${server.issuer}${path}`, { method: 'POST' });
    expect([path, answer.status]).toEqual([path, 404]);
  }
});

test.each([
  ['GET', '/token', 'POST'],
  ['PUT', '/userinfo', 'GET, POST'],
  ['POST', '/jwks', 'GET'],
])(
  '%s %s is answered with the methods that there are: %s (RFC 9110 §15.5.6)',
  async (method, path, allow) => {
    const answer = await send(`${server.issuer}${path}`, {
      method,
      headers: { accept: 'application/json' },
    });
    expect(answer.status).toBe(405);
    expect(answer.headers['allow']).toBe(allow);
    expect(answer.text).toContain('This endpoint takes');
  },
);

it('nothing of all this was a failure in the server’s own eyes', () => {
  expect(
    server
      .stdout()
      .split('\n')
      .filter((line) => line.includes('"level":50')),
  ).toEqual([]);
  expect(server.stderr()).not.toMatch(/^\s+at /m);
});
