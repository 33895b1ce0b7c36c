import { Client } from 'pg';
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
import {
  codeIn,
  formOf,
  unescapeHtml,
  UserAgent,
  type Arrival,
} from '../support/relying-party-user-agent.js';
import { expectErrorPage, expectNoFault, expectSpecError } from '../support/server-answers.js';
import { openFixture, type Fixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let fixture: Fixture;
let database: Client;
let user: TestUser;
let client: TestClient;
/** Asks for consent. */
let stranger: TestClient;

beforeAll(async () => {
  server = await startServer();
  fixture = await openFixture(server);
  database = new Client({ connectionString: server.databaseUrl });
  await database.connect();
  user = await fixture.user();
  client = await fixture.client();
  stranger = await fixture.client({ firstParty: false });
});

afterAll(async () => {
  closeConnections();
  await Promise.all([fixture.close(), database.end()]);
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
    { extra: { scope: 'openid treasure' }, error: 'invalid_scope' },
    { extra: { resource: 'https://api.example.test' }, error: 'invalid_target' },
    { extra: { request: 'a.b.c' }, error: 'request_not_supported' },
  ])('answers $extra with $error (RFC 6749 §4.1.2.1)', async ({ extra, error }) => {
    const answer = await ask(extra);
    expect(new URL(answer.headers.location ?? '').searchParams.get('error')).toBe(error);
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

  it('refuses an unknown grant type, and parameters that come twice (RFC 6749 §3.2, §5.2)', async () => {
    const post = (body: string): Promise<HttpAnswer> =>
      postForm(`${server.issuer}/token`, body, { headers: basic(client) });
    expectSpecError(await post('grant_type=password&username=a&password=b'), 400, 'unsupported_grant_type');
    const twice = 'grant_type=authorization_code&grant_type=authorization_code&code=a';
    expectSpecError(await post(twice), 400, 'invalid_request');
    expectSpecError(await post('grant_type=authorization_code&code=a&code=b'), 400, 'invalid_request');
  });
});

describe('every endpoint', () => {
  const VALUES = {
    'a NUL byte': 'a\0b',
    'only a NUL byte': '\0',
    'a megabyte’s tenth': 'x'.repeat(100_000),
    'a lone surrogate': '\uD800',
    'an object': '{"__proto__":{"a":1}}',
    SQL: `'; drop table accounts; --`,
    nothing: '',
    'a line feed': 'a\r\nSet-Cookie: a=b',
  } as const;
  const NAMES: Readonly<Record<string, readonly string[]>> = {
    '/authorize': [
      ...[
        'client_id',
        'redirect_uri',
        'scope',
        'state',
        'nonce',
        'login_hint',
        'claims',
        'prompt',
        'display',
      ],
      ...[
        'max_age',
        'id_token_hint',
        'acr_values',
        'ui_locales',
        'resource',
        'code_challenge',
        'response_mode',
      ],
      ...['response_type', 'code_challenge_method', 'request', 'request_uri', 'registration', 'unknown'],
    ],
    '/token': [
      'grant_type',
      'code',
      'refresh_token',
      'redirect_uri',
      'code_verifier',
      'scope',
      'resource',
      'client_id',
    ],
    '/revoke': ['token', 'token_type_hint', 'client_id'],
    '/introspect': ['token', 'token_type_hint', 'client_id'],
    '/userinfo': ['access_token'],
    '/session/end': [
      'id_token_hint',
      'client_id',
      'post_logout_redirect_uri',
      'state',
      'logout_hint',
      'ui_locales',
    ],
    '/session/end/confirm': ['xsrf', 'logout'],
    '/device': ['user_code', 'xsrf', 'confirm', 'abort'],
    '/device/authorize': ['client_id', 'scope', 'resource'],
    '/setup': ['csrf', 'code', 'email', 'given_name', 'family_name', 'password'],
  };
  const SENSIBLE: Readonly<Record<string, () => Readonly<Record<string, string>>>> = {
    '/authorize': () => Object.fromEntries(new URL(request().url).searchParams),
    '/token': () => ({ grant_type: 'refresh_token', refresh_token: 'a'.repeat(45), code: 'a'.repeat(46) }),
    '/revoke': () => ({ token: 'a'.repeat(45) }),
    '/introspect': () => ({ token: 'a'.repeat(45) }),
    '/device/authorize': () => ({ client_id: client.clientId, scope: 'openid' }),
  };

  it.each(Object.keys(NAMES).flatMap((path) => Object.keys(VALUES).map((what) => ({ path, what }))))(
    '$path takes $what in any parameter, once or twice, without a fault',
    async ({ path, what }) => {
      const value = VALUES[what as keyof typeof VALUES];
      const headers = ['/token', '/revoke', '/introspect'].includes(path) ? basic(client) : {};
      for (const name of NAMES[path] ?? []) {
        const sensible = SENSIBLE[path]?.() ?? {};
        const parameters = new URLSearchParams({ ...sensible, [name]: value });
        expectNoFault(await postForm(`${server.issuer}${path}`, parameters, { headers }));
        parameters.append(name, value);
        expectNoFault(await postForm(`${server.issuer}${path}`, parameters, { headers }));
        if (value.length < 1000)
          expectNoFault(await send(`${server.issuer}${path}?${parameters.toString()}`));
      }
    },
  );

  it.each([
    '/interaction/%E0%A4%A',
    '/interaction/a%00b',
    '/%',
    '/..%2f..%2fetc/passwd',
    '/assets/%00',
    '//evil.test',
  ])('answers the address %s with a page', async (path) => {
    const answer = await new UserAgent(server.issuer).request(`${server.issuer}${path}`);
    expectNoFault(answer);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'TRACE'])('refuses the method %s', async (method) => {
    for (const path of ['/authorize', '/token', '/setup', '/jwks', '/']) {
      const answer = await send(`${server.issuer}${path}`, { method });
      expectNoFault(answer);
      expect([400, 404, 405, 501]).toContain(answer.status);
    }
  });

  it('takes forms of a person that are too large, of another type or broken with a page (RFC 9110 §15.5)', async () => {
    const { agent, form } = await openLogin();
    const large = await agent.post(form, { username: 'x'.repeat(100_000), password: 'a' });
    await expectErrorPage(server, large, large.status, 'Reference:');
    expect([400, 413]).toContain(large.status);
    for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x']) {
      const answer = await agent.post(form, credentials(), { 'content-type': type });
      await expectErrorPage(server, answer, answer.status, 'Reference:');
      expect([400, 415]).toContain(answer.status);
    }
    for (const value of ['a\0b', '\0', '\uD800']) {
      expectNoFault(await agent.post(form, { username: value, password: value }));
    }
    expect((await agent.submit(form, credentials())).page).toBeUndefined();
  });
});

describe('an interaction', () => {
  /** The address behind "Start again". */
  const startAgain = (page: HttpAnswer): string =>
    unescapeHtml(/<a class="button primary" href="([^"]*)">Start again/.exec(page.text)?.[1] ?? '');

  it('that has expired offers to start again, and that works', async () => {
    const { agent, form } = await openLogin();
    await database.query(
      "update artifacts set expires_at = now() - interval '1 hour' where model = 'Interaction'",
    );
    for (const page of [
      await agent.post(form, credentials()),
      await agent.request(form.action.replace(/\/login$/, '')),
    ]) {
      expect(page.status).toBe(400);
      expect(page.text).toContain('This page is no longer valid');
      const again = pageOf(await agent.open(startAgain(page)));
      expect((await agent.submit(formOf(again, '/login'), credentials())).page).toBeUndefined();
      agent.forget('latchkey_session');
    }
  });

  it('whose cookies are lost ends in a page with a way on', async () => {
    const { agent, form } = await openLogin();
    agent.forget();
    const page = await agent.post(form, credentials());
    expect(page.status).toBe(400);
    expect(page.text).toContain('This page is no longer valid');
    expect(page.text).toContain('<a class="button" href="/">');
    const resume = pageOf(await agent.open(`${server.issuer}/authorize/${'a'.repeat(21)}`));
    await expectErrorPage(server, resume, 400, 'Reference:');
  });

  it('whose cookie is forged is not found', async () => {
    const { agent, form } = await openLogin();
    agent.forget();
    const headers = {
      cookie: 'latchkey_interaction=aaaa; latchkey_interaction.sig=bbbb; latchkey_session=a%00',
    };
    expect((await agent.post(form, credentials(), headers)).status).toBe(400);
  });

  it('in each of two tabs comes to its end (ASVS 5.0 V2.3.1)', async () => {
    const agent = new UserAgent(server.issuer);
    const [one, two] = [await openLogin(agent), await openLogin(agent)];
    for (const { begun, form } of [one, two]) {
      const arrival = await agent.submit(form, credentials());
      const code = codeIn(arrival.url);
      expect(arrival.url.searchParams.get('state')).toBe(begun.state);
      const redeemed = await redeemCode(server.issuer, client, { code, codeVerifier: begun.codeVerifier });
      expect(redeemed.status).toBe(200);
    }
  });

  it('that is finished and gone back to has a way on', async () => {
    const { agent, page, form } = await openLogin();
    await agent.submit(form, credentials());
    for (const address of [page.url, `${page.url}/login`]) {
      const back = pageOf(await agent.open(address));
      expect(back.status).toBe(400);
      expect(codeIn((await agent.open(startAgain(back))).url)).not.toBe('');
    }
    const again = pageOf(await agent.submit(form, credentials()));
    expect(again.status).toBe(400);
    expect(codeIn((await agent.open(startAgain(again))).url)).not.toBe('');
  });

  it('whose forms are submitted twice at once goes on once, without a fault', async () => {
    const { agent, begun, form } = await openLogin(undefined, stranger);
    const logins = await Promise.all([1, 2, 3].map(() => agent.post(form, credentials())));
    logins.forEach(expectNoFault);
    const [login] = logins.filter(({ status }) => status === 200);
    if (!login) throw new Error('No sign-in succeeded.');
    const consent = pageOf(await agent.open(/content="0;url=([^"]*)"/.exec(login.text)?.[1] ?? ''));
    const consentForm = formOf(consent, '/consent');
    const consents = await Promise.all([1, 2, 3].map(() => agent.post(consentForm, { decision: 'allow' })));
    consents.forEach(expectNoFault);
    const [allowed] = consents.filter(({ status }) => status === 200);
    if (!allowed) throw new Error('No consent succeeded.');
    const arrival = await agent.open(/content="0;url=([^"]*)"/.exec(allowed.text)?.[1] ?? '');
    const held = { code: codeIn(arrival.url), codeVerifier: begun.codeVerifier };
    const tokens = tokensOf(await redeemCode(server.issuer, stranger, held));
    expect(tokens.accessToken).not.toBe('');
  });

  it('takes no answer to a question that it does not ask (ASVS 5.0 V2.3.1)', async () => {
    const { agent, form } = await openLogin(undefined, stranger);
    const consent = { ...form, action: form.action.replace(/login$/, 'consent') };
    const skipped = await agent.post(consent, { decision: 'allow' });
    expect(skipped.status).toBe(400);
    const asked = pageOf(await agent.submit(form, credentials()));
    const undecided = await agent.post(formOf(asked, '/consent'), {});
    expect(undecided.text).toContain('name="decision"');
  });
});

describe('a form', () => {
  const FOREIGN = [
    { what: 'another Origin', headers: { origin: 'https://evil.example.test' } },
    { what: 'a null Origin', headers: { origin: 'null' } },
    { what: 'another site', headers: { 'sec-fetch-site': 'cross-site' } },
    { what: 'another host of the site', headers: { 'sec-fetch-site': 'same-site' } },
  ];

  it.each(FOREIGN)('from $what is refused with a page (ASVS 5.0 V3.5.1)', async ({ headers }) => {
    const { agent, form } = await openLogin();
    const text = 'This form could not be accepted';
    await expectErrorPage(server, await agent.post(form, credentials(), headers), 403, text);
    const cancel = { ...form, action: form.action.replace(/login$/, 'abort') };
    await expectErrorPage(server, await agent.post(cancel, {}, headers), 403, text);
    const setup = formOf(pageOf(await agent.open(`${server.issuer}/setup`)), '/setup');
    await expectErrorPage(server, await agent.post(setup, { code: 'a' }, headers), 403, text);
  });

  it('without the token, or with that of another interaction, is refused (ASVS 5.0 V3.5.1)', async () => {
    const [mine, other] = [await openLogin(), await openLogin()];
    for (const csrf of ['', 'made-up', other.form.fields['csrf'] ?? '']) {
      const answer = await mine.agent.post(mine.form, { ...credentials(), csrf });
      await expectErrorPage(server, answer, 403, 'This form could not be accepted');
    }
  });

  it('for logout is refused without its token (OIDC RP-Initiated Logout §2)', async () => {
    const agent = new UserAgent(server.issuer);
    await agent.signIn(request().url, user);
    const form = formOf(pageOf(await agent.open(`${server.issuer}/session/end`)), '/session/end/confirm');
    const answer = await agent.post(form, { logout: 'yes', xsrf: 'made-up' });
    await expectErrorPage(server, answer, 400, 'Reference:');
    expect(codeIn((await agent.open(request({ prompt: 'none' }).url)).url)).not.toBe('');
  });
});

describe('the host', () => {
  it.each(['evil.example.test', 'localhost', 'localhost:1', '127.0.0.1', ''])(
    '"%s" is refused where it is not the issuer’s (RFC 9110 §15.5.20)',
    async (host) => {
      const page = await send(`${server.issuer}/.well-known/openid-configuration`, { headers: { host } });
      // An empty or missing host is refused by Node itself, in its own words.
      if (host !== '') await expectErrorPage(server, page, 421, 'Reference:');
      expect([400, 421]).toContain(page.status);
      const headers = { host, accept: 'application/json' };
      const refused = await send(`${server.issuer}/token`, { method: 'POST', headers });
      expect([400, 421]).toContain(refused.status);
      expect(refused.text).not.toContain('evil');
    },
  );

  it('of forwarded headers counts for nothing when they come from anybody (ASVS 5.0 V4.1)', async () => {
    const headers = {
      'x-forwarded-host': 'evil.example.test',
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '203.0.113.9',
      forwarded: 'host=evil.example.test;for=203.0.113.9',
      accept: 'application/json',
    };
    const plain = await send(`${server.issuer}/.well-known/openid-configuration`, {
      headers: { accept: 'application/json' },
    });
    const forwarded = await send(`${server.issuer}/.well-known/openid-configuration`, { headers });
    expect(forwarded.text).toBe(plain.text);
    expect(json(forwarded)['issuer']).toBe(server.issuer);
    expect(server.stdout()).not.toContain('203.0.113.9');
  });

  it('of forwarded headers counts when a configured proxy sends them (RFC 7239 §8.1)', async () => {
    const behind = await startServer({
      databaseUrl: server.databaseUrl,
      env: { TRUSTED_PROXIES: 'loopback' },
    });
    const through = (headers: Readonly<Record<string, string>>): Promise<HttpAnswer> =>
      send(`${behind.issuer}/.well-known/openid-configuration`, { headers });
    expect((await through({ 'x-forwarded-host': 'evil.example.test' })).status).toBe(421);
    const { host } = new URL(behind.issuer);
    const answer = await through({
      host: 'inner:8080',
      'x-forwarded-host': host,
      'x-forwarded-for': '1.1.1.1, 203.0.113.9',
    });
    expect(answer.status).toBe(200);
    await behind.printed(/"remoteAddress":"203\.0\.113\.9"/);
    await behind.stop();
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
});

it('nothing of all this was a failure in the server’s own eyes', () => {
  expect(
    server
      .stdout()
      .split('\n')
      .filter((line) => line.includes('"level":50')),
  ).toEqual([]);
  expect(server.stderr()).not.toMatch(/^\s+at /m);
});
