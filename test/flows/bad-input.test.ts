import {
  authorizationRequest,
  basic,
  json,
  postForm,
  send,
  type HttpAnswer,
} from '../support/relying-party-requests.js';
import { codeIn, formOf, UserAgent, type Arrival } from '../support/relying-party-user-agent.js';
import { serve } from '../support/serve.js';
import { expectErrorPage, expectNoFault, expectSpecError } from '../support/server-answers.js';
import type { Fixture, TestClient, TestUser } from '../support/server-fixture.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let fixture: Fixture;
let user: TestUser;
let client: TestClient;

beforeAll(async () => {
  [server, fixture] = await serve();
  user = await fixture.user();
  client = await fixture.client();
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
  const AUTHENTICATION = ['client_id', 'client_secret', 'client_assertion', 'client_assertion_type'];
  const AUTHORIZATION = [
    ...['client_id', 'redirect_uri', 'scope', 'state', 'nonce', 'login_hint', 'claims', 'prompt', 'display'],
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
    ...['claims_locales', 'dpop_jkt', 'authorization_details'],
  ];
  const NAMES: Readonly<Record<string, readonly string[]>> = {
    '/authorize': AUTHORIZATION,
    '/par': [...AUTHORIZATION, ...AUTHENTICATION.slice(1)],
    '/token': [
      ...['grant_type', 'code', 'refresh_token', 'redirect_uri', 'code_verifier', 'scope', 'resource'],
      ...['device_code', 'subject_token', 'subject_token_type', 'actor_token', 'actor_token_type'],
      ...['requested_token_type', 'audience', 'assertion', 'auth_req_id', ...AUTHENTICATION],
    ],
    '/revoke': ['token', 'token_type_hint', ...AUTHENTICATION],
    '/introspect': ['token', 'token_type_hint', ...AUTHENTICATION],
    '/backchannel': ['scope', 'login_hint', 'id_token_hint', 'binding_message', 'request', ...AUTHENTICATION],
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
    '/device/authorize': ['scope', 'resource', ...AUTHENTICATION],
    '/.well-known/openid-configuration': ['unknown'],
    '/jwks': ['unknown'],
    '/setup': ['csrf', 'code', 'email', 'given_name', 'family_name', 'password'],
  };
  const SENSIBLE: Readonly<Record<string, () => Readonly<Record<string, string>>>> = {
    '/authorize': () => Object.fromEntries(new URL(request().url).searchParams),
    '/par': () => Object.fromEntries(new URL(request().url).searchParams),
    '/token': () => ({ grant_type: 'refresh_token', refresh_token: 'a'.repeat(45), code: 'a'.repeat(46) }),
    '/revoke': () => ({ token: 'a'.repeat(45) }),
    '/introspect': () => ({ token: 'a'.repeat(45) }),
    '/device/authorize': () => ({ client_id: client.clientId, scope: 'openid' }),
  };

  const MACHINES = ['/par', '/token', '/revoke', '/introspect', '/device/authorize'];

  /** Sends it as a client would, by both methods. */
  async function expectTaken(path: string, parameters: string): Promise<void> {
    const headers = MACHINES.includes(path) ? basic(client) : {};
    const answer = await postForm(`${server.issuer}${path}`, parameters, { headers });
    if (MACHINES.includes(path)) expectRefusal(path, answer);
    else expectNoFault(answer);
    if (parameters.length < 1000) expectNoFault(await send(`${server.issuer}${path}?${asciiOf(parameters)}`));
  }

  /** Either it was taken, or the refusal is one that the specification has. @see RFC 6749 §5.2 */
  function expectRefusal(path: string, answer: HttpAnswer): void {
    expectNoFault(answer);
    if (answer.status < 400) return;
    expect([path, answer.headers['content-type']]).toEqual([
      path,
      expect.stringMatching(/^application\/json/) as string,
    ]);
    expect([path, json(answer)]).toEqual([
      path,
      expect.objectContaining({ error: expect.stringMatching(/^[a-z_]+$/) as string }) as object,
    ]);
  }

  /** The first line of a request has ASCII only. */
  const asciiOf = (text: string): string => text.replace(/[^\x20-\x7e]/g, encodeURIComponent);

  it.each(Object.keys(NAMES).flatMap((path) => Object.keys(VALUES).map((what) => ({ path, what }))))(
    '$path takes $what in any parameter, once or twice, without a fault',
    async ({ path, what }) => {
      const value = VALUES[what as keyof typeof VALUES];
      for (const name of NAMES[path] ?? []) {
        const parameters = new URLSearchParams({ ...SENSIBLE[path]?.(), [name]: value });
        await expectTaken(path, parameters.toString());
        parameters.append(name, value);
        await expectTaken(path, parameters.toString());
      }
    },
  );

  const RAW = {
    'half of a percent-encoding': '%',
    'letters for a percent-encoding': '%zz',
    'an overlong encoding of a slash': '%C0%AF',
    'bytes that are no UTF-8': '%FF%FE%80',
    'a surrogate in UTF-8': '%ED%A0%80',
    'raw bytes beyond ASCII': 'caf\u00e9',
  } as const;
  /** Ways to write the name by which frameworks make lists and objects. */
  const SHAPES = ['[]', '[0]', '[a]', '[__proto__]', '.a'] as const;

  it.each(Object.keys(NAMES))(
    '%s takes broken encodings, lists and objects in any parameter, and each missing, without a fault',
    async (path) => {
      for (const name of NAMES[path] ?? []) {
        const sensible = new URLSearchParams(SENSIBLE[path]?.());
        sensible.delete(name);
        const others = sensible.toString();
        await expectTaken(path, others);
        for (const value of Object.values(RAW)) await expectTaken(path, `${others}&${name}=${value}`);
        for (const shape of SHAPES) await expectTaken(path, `${others}&${name}${shape}=a`);
      }
    },
  );

  it.each(MACHINES)('%s refuses bodies that are no form, by an error of the specification', async (path) => {
    const types = [
      'application/json',
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/xml',
      '',
    ];
    for (const type of types) {
      for (const body of ['{"grant_type":"authorization_code"}', '[]', '{', '<a/>', 'a=b', '\0']) {
        const headers = { ...basic(client), 'content-type': type };
        expectRefusal(path, await postForm(`${server.issuer}${path}`, body, { headers }));
      }
    }
  });

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
  it.each(['evil.example.test', 'localhost', 'localhost:1', '127.0.0.1'])(
    '"%s" is refused where it is not the issuer’s (RFC 9110 §15.5.20)',
    async (host) => {
      const page = await send(`${server.issuer}/.well-known/openid-configuration`, { headers: { host } });
      await expectErrorPage(server, page, 421, 'Reference:');
      const headers = { host, accept: 'application/json' };
      const refused = await send(`${server.issuer}/token`, { method: 'POST', headers });
      expectSpecError(refused, 421, 'invalid_request');
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

it('nothing of all this was a failure in the server’s own eyes', () => {
  expect(
    server
      .stdout()
      .split('\n')
      .filter((line) => line.includes('"level":50')),
  ).toEqual([]);
  expect(server.stderr()).not.toMatch(/^\s+at /m);
});
