import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { SessionPage, SessionStore } from '../../src/domain/sessions/session-store.js';
import { endUpstreamSessions } from '../../src/domain/upstream/end-upstream-sessions.js';
import { setAccountDisabled } from '../../src/domain/accounts/set-account-disabled.js';
import {
  startFakeIdentityProvider,
  type Claims,
  type FakeIdentityProvider,
  type IdTokenFlaws,
} from '../support/fake-identity-provider.js';
import {
  authorizationRequest,
  closeConnections,
  json,
  redeemCode,
  send,
  tokensOf,
  userinfo,
  type HttpAnswer,
} from '../support/relying-party-requests.js';
import { LogoutReceiver } from '../support/logout-receiver.js';
import { codeIn, formOf, UserAgent, type Arrival } from '../support/relying-party-user-agent.js';
import { openFixture, type Fixture, type TestClient } from '../support/server-fixture.js';
import { startConfiguredServer, type ConfiguredServer } from '../support/upstream-servers.js';

let fake: FakeIdentityProvider;
let configured: ConfiguredServer;
let fixture: Fixture;
let app: TestClient;
let issuer: string;

beforeAll(async () => {
  fake = await startFakeIdentityProvider();
  const credentials = { client_id: 'latchkey', client_secret: 'a secret of the other provider' };
  const oauth = {
    type: 'oauth2',
    authorization_endpoint: `${fake.issuer}/authorize`,
    token_endpoint: `${fake.issuer}/token`,
    userinfo_endpoint: `${fake.issuer}/user`,
    claims: { subject: 'id' },
  };
  const oidc = { issuer: fake.issuer, ...credentials };
  configured = await startConfiguredServer(() => ({
    identity_providers: [
      { id: 'fake', name: 'Fake', ...oidc, sign_up: 'allow' },
      { id: 'closed', name: 'Closed', ...oidc },
      { id: 'school', name: 'School', ...oidc, sign_up: 'allow', email_domains: ['*.school.test'] },
      { id: 'returning', name: 'Returning', ...oidc, sign_up: 'allow', logout_return: true, hidden: true },
      { id: 'secret', name: 'Secret', ...oidc, hidden: true },
      {
        id: 'hub',
        name: 'Hub',
        ...oauth,
        ...credentials,
        emails_endpoint: `${fake.issuer}/user/emails`,
        sign_up: 'allow',
      },
      { id: 'away', name: 'Away', issuer: 'http://localhost:9', ...credentials },
    ],
  }));
  fixture = await openFixture(configured.server);
  ({ issuer } = configured.server);
  app = await fixture.client();
});

afterAll(async () => {
  closeConnections();
  await fixture.close();
  await Promise.all([configured.stop(), fake.close()]);
});

beforeEach(() => {
  fake.flaws = {};
  fake.emails = [];
  fake.instead.clear();
});

/** A person of the other provider, whom nobody has seen before. */
function newPerson(claims: Claims = {}): Claims & { readonly sub: string; readonly email: string } {
  const sub = randomUUID();
  return { sub, email: `${sub}@example.test`, email_verified: true, given_name: 'Jo', ...claims };
}

/** A browser that has opened the login page. */
async function begin(extra: Readonly<Record<string, string>> = {}, client = app) {
  const agent = new UserAgent(issuer);
  const request = authorizationRequest(issuer, client, { scope: 'openid email profile', ...extra });
  const { page } = await agent.open(request.url);
  if (!page) throw new Error('There is no login page.');
  return { agent, page, request };
}

/** Chooses a provider; the browser stands before its door then. */
async function leave(
  { agent, page }: { agent: UserAgent; page: HttpAnswer },
  provider: string,
): Promise<string> {
  const { url } = await agent.submit(formOf(page, `/upstream/${provider}`), {});
  expect(url.origin).toBe(new URL(fake.issuer).origin);
  return url.href;
}

async function signInBy(provider: string, person: Claims, extra: Readonly<Record<string, string>> = {}) {
  const begun = await begin(extra);
  const arrival = await begun.agent.open(fake.approve(await leave(begun, provider), person));
  return { ...begun, arrival };
}

function textOf({ page }: Arrival): string {
  if (!page) throw new Error('It did not end at a page.');
  return page.text;
}

async function claimsOf(arrival: Arrival, { codeVerifier }: { readonly codeVerifier: string }) {
  const code = codeIn(arrival.url);
  const { accessToken, idToken } = tokensOf(await redeemCode(issuer, app, { code, codeVerifier }));
  const [, payload = ''] = idToken.split('.');
  const token = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
  return { ...token, ...json(await userinfo(issuer, accessToken)) };
}

const signUp = (agent: UserAgent, arrival: Arrival, name = 'Jo'): Promise<Arrival> => {
  if (!arrival.page) throw new Error('There is no page to sign up.');
  return agent.submit(formOf(arrival.page, '/upstream-sign-up'), { given_name: name, family_name: 'Martin' });
};

const linksOf = (accountId: string) => fixture.application.stores.upstreamLinks.list(accountId);

describe('somebody new', () => {
  it('gets an account with the verified address, and signs in to it the next time', async () => {
    const person = newPerson();
    const first = await signInBy('fake', person);
    expect(textOf(first.arrival)).toContain('Check your details');
    const done = await signUp(first.agent, first.arrival);
    const claims = await claimsOf(done, first.request);
    expect(claims).toMatchObject({
      email: person.email,
      email_verified: true,
      name: 'Jo Martin',
      amr: ['fed'],
    });

    const second = await signInBy('fake', person);
    expect(await claimsOf(second.arrival, second.request)).toMatchObject({ sub: claims.sub });
    const [link] = await linksOf(String(claims.sub));
    expect(link).toMatchObject({ providerId: 'fake', subject: person.sub, email: person.email });
  });

  it('is told what is wrong with a name', async () => {
    const { agent, arrival } = await signInBy('fake', newPerson());
    const again = await signUp(agent, arrival, 'x'.repeat(1000));
    expect(again.page?.status).toBe(422);
    expect((await signUp(agent, again)).page).toBeUndefined();
  });

  it.each([
    ['no address', { email: undefined }, 'did not confirm an email address'],
    ['an address that is not verified', { email_verified: false }, 'did not confirm an email address'],
    ['an address without a word about it', { email_verified: undefined }, 'did not confirm an email address'],
    ['an address that is none', { email: 'jo\r\nBcc: all@example.test' }, 'did not confirm an email address'],
  ])('with %s gets none', async (_what, claims, text) => {
    const { arrival } = await signInBy('fake', newPerson(claims));
    expect(arrival.page?.status).toBe(403);
    expect(textOf(arrival)).toContain(text);
  });

  it('gets none where the provider is only for those who have one', async () => {
    expect(textOf((await signInBy('closed', newPerson())).arrival)).toContain('new ones are not created');
  });

  it('needs an address of the domains that may sign in', async () => {
    const outside = await signInBy('school', newPerson());
    expect(textOf(outside.arrival)).toContain('People with your email address cannot');
    const inside = newPerson({ email: `${randomUUID()}@physics.school.test` });
    expect(textOf((await signInBy('school', inside)).arrival)).toContain('Check your details');
  });
});

describe('somebody whose address has an account', () => {
  it('links the two by signing in to it, and only then', async () => {
    const user = await fixture.user();
    const person = newPerson({ email: user.email.toUpperCase() });
    const { agent, arrival, request } = await signInBy('fake', person);
    expect(textOf(arrival)).toContain('You have an account already');
    expect(await linksOf(user.id)).toEqual([]);
    if (!arrival.page) throw new Error('no page');
    const login = await agent.submit(formOf(arrival.page, '/upstream-link'), {});
    expect(textOf(login)).toContain('is linked with your account');
    if (!login.page) throw new Error('no page');
    const wrong = await agent.submit(formOf(login.page, '/login'), {
      username: user.email,
      password: 'not it',
    });
    expect(wrong.page?.status).toBe(422);
    expect(await linksOf(user.id)).toEqual([]);
    if (!wrong.page) throw new Error('no page');
    const done = await agent.submit(formOf(wrong.page, '/login'), {
      username: user.email,
      password: user.password,
    });
    expect(await claimsOf(done, request)).toMatchObject({ sub: user.id });
    expect(await linksOf(user.id)).toHaveLength(1);
    const next = await signInBy('fake', person);
    expect(await claimsOf(next.arrival, next.request)).toMatchObject({ sub: user.id });
  });

  it('is not linked with another account that signs in instead', async () => {
    const [victim, other] = [await fixture.user(), await fixture.user()];
    const { agent, arrival } = await signInBy('fake', newPerson({ email: victim.email }));
    if (!arrival.page) throw new Error('no page');
    const login = await agent.submit(formOf(arrival.page, '/upstream-link'), {});
    if (!login.page) throw new Error('no page');
    await agent.submit(formOf(login.page, '/login'), { username: other.email, password: other.password });
    expect(await linksOf(victim.id)).toEqual([]);
    expect(await linksOf(other.id)).toEqual([]);
  });

  it('is not linked by signing in without having said so', async () => {
    const user = await fixture.user();
    const { agent, page } = await signInBy('fake', newPerson({ email: user.email }));
    const credentials = { username: user.email, password: user.password };
    await agent.submit(formOf(page, '/login'), credentials);
    expect(await linksOf(user.id)).toEqual([]);
  });

  it('learns nothing of it by an address that is not verified', async () => {
    const user = await fixture.user();
    const known = await signInBy('fake', newPerson({ email: user.email, email_verified: false }));
    const unknown = await signInBy('fake', newPerson({ email_verified: false }));
    const strip = (arrival: Arrival) =>
      textOf(arrival)
        .replaceAll(/\/interaction\/[\w-]+/g, '')
        .replaceAll(/<code>[^<]*<\/code>/g, '')
        .replaceAll(/value="[^"]*"/g, '');
    expect(strip(known.arrival)).toBe(strip(unknown.arrival));
  });
});

describe('a linked account', () => {
  it('that is disabled does not sign in', async () => {
    const person = newPerson();
    const first = await signInBy('fake', person);
    const { sub } = await claimsOf(await signUp(first.agent, first.arrival), first.request);
    await setAccountDisabled(fixture.application, String(sub), true);
    const { arrival } = await signInBy('fake', person);
    expect(arrival.page?.status).toBe(403);
    expect(textOf(arrival)).toContain('cannot be used');
  });
});

describe('the answer of a provider', () => {
  it('counts once (RFC 6749 §10.5), of 10 at a time too', async () => {
    const begun = await begin();
    const back = fake.approve(await leave(begun, 'fake'), newPerson());
    const answers = await Promise.all(Array.from({ length: 10 }, () => begun.agent.copy().request(back)));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, ...Array<number>(9).fill(400)]);
    expect((await begun.agent.open(back)).page?.status).toBe(400);
  });

  it('counts in the browser that asked only, and another one does not use it up', async () => {
    const begun = await begin();
    const back = fake.approve(await leave(begun, 'fake'), newPerson());
    expect((await new UserAgent(issuer).open(back)).page?.status).toBe(400);
    expect(textOf(await begun.agent.open(back))).toContain('Check your details');
  });

  it('does not count at the address of another provider (RFC 9700 §4.4)', async () => {
    const begun = await begin();
    const back = fake.approve(await leave(begun, 'closed'), newPerson());
    const elsewhere = await begun.agent.open(back.replace('/closed/', '/fake/'));
    expect(elsewhere.page?.status).toBe(400);
  });

  it('with the iss of another provider is refused (RFC 9207 §2.4), and so is one without', async () => {
    for (const iss of ['https://evil.example', '']) {
      const begun = await begin();
      const uri = await leave(begun, 'fake');
      const arrival = await begun.agent.open(fake.approve(uri, newPerson(), { iss }));
      expect(arrival.page?.status).toBe(502);
    }
  });

  it('goes on in the tab that asked, and in no other one', async () => {
    const begun = await begin();
    const other = await begin();
    const uri = fake.approve(await leave(begun, 'fake'), newPerson());
    const ticket = await begun.agent.request(uri);
    const otherStep = `${new URL(other.page.url).pathname}/upstream`;
    expect(ticket.headers.location).not.toBe(otherStep);
    expect(textOf(await begun.agent.open(`${issuer}${otherStep}`))).toContain('longer');
  });

  it.each<[string, FakeIdentityProvider['flaws']]>([
    ['a foreign signature', { foreignKey: true }],
    ['no signature', { unsigned: true }],
    ['another nonce', { claims: { nonce: 'another' } }],
    ['no nonce', { claims: { nonce: undefined } }],
    ['another audience', { claims: { aud: 'somebody else' } }],
    ['another issuer', { claims: { iss: 'https://evil.example' } }],
    ['an end in the past', { claims: { exp: 1_000_000_000 } }],
    ['no subject', { claims: { sub: undefined } }],
    ['an empty subject', { claims: { sub: '' } }],
    ['a subject of 5,000 characters', { claims: { sub: 'x'.repeat(5_000) } }],
  ])('whose ID token has %s is refused (OIDC Core §3.1.3.7)', async (_what, flaws) => {
    fake.flaws = flaws;
    const { arrival } = await signInBy('fake', newPerson());
    expect(arrival.page?.status).toBe(502);
    expect(textOf(arrival)).toContain('cannot be trusted');
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['no JSON', (response) => response.end('<html>')],
    ['a list', (response) => response.setHeader('content-type', 'application/json').end('[]')],
    ['a failure', (response) => response.writeHead(500).end()],
    ['megabytes', (response) => response.end(Buffer.alloc(3_000_000, 'x'))],
    ['a hung-up line', (response) => response.destroy()],
    ['a way elsewhere', (response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end()],
  ])('whose token endpoint gives %s is refused, never with a fault of ours', async (_what, instead) => {
    fake.instead.set('/token', instead);
    const { arrival } = await signInBy('fake', newPerson());
    expect(arrival.page?.status).toBe(502);
  });

  it('that declines leads back to the login page', async () => {
    const begun = await begin();
    const uri = fake.approve(await leave(begun, 'fake'), newPerson(), { code: '', error: 'access_denied' });
    const arrival = await begun.agent.open(uri);
    expect(textOf(arrival)).toContain('stopped at the other service');
    expect(textOf(arrival)).toContain(new URL(begun.page.url).pathname);
  });
});

describe('a new sign-in that an app asks for', () => {
  it('is passed on, and has to be shown by auth_time (OIDC Core §3.1.2.1)', async () => {
    const person = newPerson();
    const first = await signInBy('fake', person);
    await signUp(first.agent, first.arrival);
    const now = Math.floor(Date.now() / 1000);
    const again = async (claims: Claims): Promise<Arrival> => {
      const request = authorizationRequest(issuer, app, { prompt: 'login' });
      const { page } = await first.agent.open(request.url);
      if (!page) throw new Error('no page');
      const uri = await leave({ agent: first.agent, page }, 'fake');
      expect(new URL(uri).searchParams.get('prompt')).toBe('login');
      expect(page.text).not.toContain('/upstream/hub');
      return first.agent.open(fake.approve(uri, { ...person, ...claims }));
    };
    expect(textOf(await again({}))).toContain('did not confirm that you did');
    expect(textOf(await again({ auth_time: now - 600 }))).toContain('did not confirm that you did');
    expect((await again({ auth_time: now })).page).toBeUndefined();
  });
});

describe('a provider without ID tokens', () => {
  it('tells the person by its endpoints, and the address that is verified', async () => {
    const id = Math.floor(Math.random() * 1e9);
    const email = `${id}@hub.test`;
    fake.emails = [
      { email: `first-${email}`, primary: true, verified: false },
      { email, primary: false, verified: true },
    ];
    const person = { id, name: 'Jo Martin' };
    const first = await signInBy('hub', person);
    const claims = await claimsOf(await signUp(first.agent, first.arrival), first.request);
    expect(claims).toMatchObject({ email, email_verified: true });
    expect(fake.redeemed.at(-1)?.get('code_verifier')).toMatch(/^[\w-]{43,}$/);
    const second = await signInBy('hub', person);
    expect(await claimsOf(second.arrival, second.request)).toMatchObject({ sub: claims.sub });
  });

  it.each([{}, null, 'x', [{ email: 7 }], [{ email: 'a@b.test', primary: true }]])(
    'that lists addresses like %j makes no account',
    async (emails) => {
      fake.emails = emails;
      const { arrival } = await signInBy('hub', { id: randomUUID() });
      expect([403, 502]).toContain(arrival.page?.status);
    },
  );
});

describe('the login page', () => {
  it('shows a button for each provider, but for hidden ones, and waits for none', async () => {
    const { page } = await begin();
    const buttons = [...page.text.matchAll(/Continue with <bdi>([^<]*)<\/bdi>/g)].map(([, name]) => name);
    expect(buttons).toEqual(['Fake', 'Closed', 'School', 'Hub', 'Away']);
  });

  it('shows those that the client names', async () => {
    const client = await fixture.client({ identityProviders: ['secret', 'fake'] });
    const { page } = await begin({}, client);
    expect(page.text).toContain('/upstream/secret');
    expect(page.text).not.toContain('/upstream/hub');
    const none = await begin({}, await fixture.client({ identityProviders: [] }));
    expect(none.page.text).not.toContain('/upstream/');
  });

  it('tells that a provider is away', async () => {
    const begun = await begin();
    const arrival = await begun.agent.submit(formOf(begun.page, '/upstream/away'), {});
    expect(arrival.page?.status).toBe(502);
    expect(textOf(arrival)).toContain('does not answer right now');
  });

  it('refuses a form from elsewhere, and a provider that the client does not allow', async () => {
    const begun = await begin();
    const form = formOf(begun.page, '/upstream/fake');
    expect((await begun.agent.post({ ...form, fields: { csrf: 'x' } }, {})).status).toBe(403);
    const client = await fixture.client({ identityProviders: [] });
    const other = await begin({}, client);
    const base = new URL(other.page.url).pathname;
    const csrf = formOf(other.page, '/login').fields;
    const answer = await other.agent.post({ action: `${issuer}${base}/upstream/fake`, fields: csrf }, {});
    expect(answer.text).toContain('Email or username');
  });
});

it('keeps nothing readable of a sign-in that is under way (S6)', async () => {
  const begun = await begin();
  const uri = new URL(await leave(begun, 'fake'));
  const { rows } = await fixture.application.database.knex.raw<{ rows: { row: string }[] }>(
    'select upstream_requests::text as row from upstream_requests',
  );
  expect(rows.length).toBeGreaterThan(0);
  const dump = rows.map(({ row }) => row).join('\n');
  for (const name of ['state', 'nonce']) {
    const secret = uri.searchParams.get(name) ?? '';
    expect(secret).not.toBe('');
    expect(dump).not.toContain(secret);
    expect(dump).not.toContain(Buffer.from(secret).toString('hex'));
  }
});

describe('signing out there as well (RP-Initiated Logout 1.0)', () => {
  /** A browser that has signed out here, and follows the link to sign out there. */
  const leaveBy = async (provider: string) => {
    const client = await fixture.client({ identityProviders: [provider] });
    const begun = await begin({}, client);
    const { agent } = begun;
    const arrival = await agent.open(fake.approve(await leave(begun, provider), newPerson()));
    await signUp(agent, arrival);
    const { page } = await agent.open(`${issuer}/session/end`);
    if (!page) throw new Error('no page');
    const done = await agent.submit(formOf(page, '/session/end/confirm'), { logout: 'yes' });
    const link = `/upstream/${provider}/sign-out`;
    expect(textOf(done)).toContain(`href="${link}"`);
    const headers = { 'sec-fetch-site': 'same-origin' };
    const { location = '' } = (await agent.request(link, { headers })).headers;
    expect(location).toMatch(`${fake.issuer}/logout?`);
    return { agent, asked: new URL(location).searchParams };
  };
  const ours = () => `${issuer}/upstream/returning/signed-out`;

  it('leads back by an address of this server and a state (§2, §3), also in another language', async () => {
    const { agent, asked } = await leaveBy('returning');
    expect(asked.get('post_logout_redirect_uri')).toBe(ours());
    expect(asked.get('id_token_hint')).toMatch(/^ey/);
    const state = asked.get('state') ?? '';
    expect(state).toMatch(/^[\w-]{43}$/);
    const back = `${ours()}?state=${state}`;
    const { page } = await agent.open(back);
    expect(page).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
    expect(page?.text).toContain('<bdi>Returning</bdi> has sent you back here.');
    expect(textOf(await agent.open(`${back}&ui_locales=de`))).toContain('hierher zurückgeschickt');

    const known = [`${ours()}?state=x`, ours(), `${back}&state=${state}`];
    const answers = await Promise.all([...known.map((uri) => agent.request(uri)), send(back)]);
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
    for (const { text } of answers) expect(text).toContain('is not known here');
    // Another sign-out takes its place.
    await agent.request('/upstream/returning/sign-out');
    expect((await agent.request(back)).status).toBe(400);
  });

  it('ends there where the provider knows no way back', async () => {
    const { agent, asked } = await leaveBy('fake');
    expect([...asked.keys()].sort()).toEqual(['client_id', 'id_token_hint']);
    expect((await agent.request('/upstream/fake/signed-out?state=x')).status).toBe(404);
  });
});

describe('a logout at the other provider (Back-Channel Logout 1.0 §2.6)', () => {
  const tell = (token: string, provider = 'fake'): Promise<HttpAnswer> =>
    send(`${issuer}/upstream/${provider}/backchannel-logout`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ logout_token: token }).toString(),
    });
  const isSignedIn = async (agent: UserAgent): Promise<boolean> => {
    const { url } = await agent.open(authorizationRequest(issuer, app, { prompt: 'none' }).url);
    return url.searchParams.has('code');
  };
  /** A browser that has signed in by the provider, in a session there. */
  const signedIn = async (person: Claims, sid?: string): Promise<UserAgent> => {
    fake.flaws = { claims: sid === undefined ? {} : { sid } };
    const { agent, arrival } = await signInBy('fake', person);
    if (arrival.page) await signUp(agent, arrival);
    expect(await isSignedIn(agent)).toBe(true);
    return agent;
  };

  /** Gives consent, by which the session gets another id. */
  const allow = async (agent: UserAgent, page: HttpAnswer): Promise<void> => {
    const { url } = await agent.submit(formOf(page, '/consent'), { decision: 'allow' });
    expect(url.searchParams.has('code')).toBe(true);
  };

  it('ends the sessions here that came from that session, and tells our apps', async () => {
    const receiver = new LogoutReceiver();
    const told = await fixture.client({ backchannelLogoutUri: await receiver.start(), firstParty: false });
    const person = newPerson();
    const [here, elsewhere] = [await signedIn(person, 'a'), await signedIn(person, 'b')];
    // The consent gives the session another id, and it still is the one of before.
    const { page } = await here.open(authorizationRequest(issuer, told).url);
    if (!page) throw new Error('no page');
    await allow(here, page);
    const token = fake.logoutToken({ sid: 'a' });
    const answer = await tell(token);
    expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-store']);
    expect([await isSignedIn(here), await isSignedIn(elsewhere)]).toEqual([false, true]);
    expect(await receiver.tokens(1)).toMatchObject([{ aud: told.clientId }]);
    await receiver.stop();

    const again = await tell(token);
    expect([again.status, json(again)['error']]).toEqual([400, 'invalid_request']);
    const { events } = await fixture.application.auditReader.list({ limit: 50 });
    const ended = events.find(({ type }) => type === 'session.ended');
    expect(ended?.details).toMatchObject({ provider: 'fake' });
  });

  it('ends a session that gets another id between its look-up and its end (S7)', async () => {
    const app = await fixture.client({ firstParty: false });
    const person = newPerson();
    const agent = await signedIn(person, 'f');
    const { page } = await agent.open(authorizationRequest(issuer, app).url);
    if (!page) throw new Error('no page');
    const { config, clock, database, unitOfWork } = fixture.application;
    /** Hashes of what their cookies hold. */
    const cookiesOf = async (found: SessionPage | undefined): Promise<readonly string[]> => {
      const uids = found?.sessions.map(({ id }) => Buffer.from(id, 'base64url')) ?? [];
      const rows = await database.knex<{ id: Buffer }>('artifacts').whereIn('uid', uids).select('id');
      return rows.map(({ id }) => id.toString('hex'));
    };
    const [before, after]: [string[], string[]] = [[], []];
    const [provider] = config.identityProviders;
    if (!provider) throw new Error('There is no provider.');
    const count = await endUpstreamSessions(
      {
        clock,
        unitOfWork: {
          run: (work) =>
            unitOfWork.run((stores) => {
              const list: SessionStore['list'] = async (query) => {
                const found = await stores.sessions.list(query);
                before.push(...(await cookiesOf(found)));
                await allow(agent, page);
                after.push(...(await cookiesOf(found)));
                return found;
              };
              return work({ ...stores, sessions: { ...stores.sessions, list } });
            }),
        },
      },
      provider,
      { issuer: fake.issuer, subject: person.sub, sid: 'f', jti: randomUUID(), expiresAt: clock.now() },
    );
    expect([before.length, after.length]).toEqual([1, 1]);
    expect(after).not.toEqual(before);
    expect([count, await isSignedIn(agent)]).toEqual([1, false]);
  });

  it('ends all of a person whose session it does not name, and none that came another way', async () => {
    const user = await fixture.user();
    const person = newPerson({ email: user.email });
    const { agent, arrival } = await signInBy('fake', person);
    if (!arrival.page) throw new Error('no page');
    const login = await agent.submit(formOf(arrival.page, '/upstream-link'), {});
    if (!login.page) throw new Error('no page');
    await agent.submit(formOf(login.page, '/login'), { username: user.email, password: user.password });
    const upstream = [await signedIn(person), await signedIn(person, 'c')];
    expect((await tell(fake.logoutToken({ sub: person.sub }))).status).toBe(200);
    expect(await Promise.all(upstream.map(isSignedIn))).toEqual([false, false]);
    // It was the password that let this one in.
    expect(await isSignedIn(agent)).toBe(true);
  });

  it('forgets where a session came from when its owner signs in another way', async () => {
    const user = await fixture.user();
    const person = newPerson({ email: user.email });
    const { agent, arrival } = await signInBy('fake', person);
    if (!arrival.page) throw new Error('no page');
    const login = await agent.submit(formOf(arrival.page, '/upstream-link'), {});
    if (!login.page) throw new Error('no page');
    const credentials = { username: user.email, password: user.password };
    await agent.submit(formOf(login.page, '/login'), credentials);
    const browser = await signedIn(person, 'd');
    const { page } = await browser.open(authorizationRequest(issuer, app, { prompt: 'login' }).url);
    if (!page) throw new Error('no page');
    await browser.submit(formOf(page, '/login'), credentials);
    await tell(fake.logoutToken({ sub: person.sub, sid: 'd' }));
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('is nothing to somebody who is not signed in here', async () => {
    expect((await tell(fake.logoutToken({ sub: randomUUID(), sid: 'nobody' }))).status).toBe(200);
    expect((await tell(fake.logoutToken({ sid: 'x' }), 'hub')).status).toBe(404);
    expect((await tell('', 'nobody')).status).toBe(404);
  });

  it('counts only by a token that is in order', async () => {
    const person = newPerson();
    const agent = await signedIn(person, 'e');
    const good = { sub: person.sub, sid: 'e' };
    const now = Math.floor(Date.now() / 1000);
    const flaws: readonly (readonly [string, IdTokenFlaws])[] = [
      ['another issuer', { claims: { iss: 'https://evil.example' } }],
      ['another audience', { claims: { aud: 'another' } }],
      ['expired', { claims: { iat: now - 900, exp: now - 600 } }],
      ['of the future', { claims: { iat: now + 600, exp: now + 900 } }],
      ['no exp', { claims: { exp: undefined } }],
      ['no iat', { claims: { iat: undefined } }],
      ['no jti', { claims: { jti: undefined } }],
      ['no event', { claims: { events: undefined } }],
      ['another event', { claims: { events: { 'https://schemas.example/other': {} } } }],
      ['a nonce, as an ID token has it', { claims: { nonce: 'n' } }],
      ['neither sub nor sid', { claims: { sub: undefined, sid: undefined } }],
      ['a sid that is no text', { claims: { sid: 7 } }],
      ['a foreign key', { foreignKey: true }],
      ['no signature', { unsigned: true }],
      ['another type', { header: { typ: 'at+jwt' } }],
    ];
    const answers = await Promise.all(
      flaws.map(async ([what, flaw]) => [what, (await tell(fake.logoutToken(good, flaw))).status]),
    );
    expect(answers).toEqual(flaws.map(([what]) => [what, 400]));
    expect((await tell('')).status).toBe(400);
    expect(await isSignedIn(agent)).toBe(true);
    expect((await tell(fake.logoutToken(good, { header: { typ: 'logout+jwt' } }))).status).toBe(200);
    expect(await isSignedIn(agent)).toBe(false);
  });
});
