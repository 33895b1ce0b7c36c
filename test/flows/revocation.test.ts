import {
  authorizationRequest,
  basic,
  closeConnections,
  json,
  postForm,
  redeemCode,
  refresh,
  send,
  tokensOf,
  userinfo,
  type AuthorizationRequest,
  type HttpAnswer,
  type Tokens,
} from '../support/relying-party-requests.js';
import { formOf, UserAgent, type Arrival, type PageForm } from '../support/relying-party-user-agent.js';
import { issueAccountLink } from '../../src/domain/account-links/issue-account-link.js';
import { openFixture, type Fixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { startSecondServer, startServer, type TestServer } from '../support/server.js';
import { latchkey } from '../support/cli.js';

const NEW_PASSWORD = 'seven lanterns by the river';

let first: TestServer;
let second: TestServer;
let fixture: Fixture;
let api: string;
let client: TestClient;
/** Uses this provider's own API for its user. */
let apiClient: TestClient;
let strangeClient: TestClient;

beforeAll(async () => {
  first = await startServer();
  second = await startSecondServer(first);
  fixture = await openFixture(first);
  api = `${first.issuer}/api/v1`;
  client = await fixture.client();
  apiClient = await fixture.client({ scopes: ['openid', 'account'], resources: [api] });
  strangeClient = await fixture.client({ firstParty: false });
});

afterAll(async () => {
  closeConnections();
  await Promise.all([fixture.close(), second.stop()]);
  await first.stop();
});

/** All that somebody can hold who has used this provider. */
interface Holdings {
  readonly user: TestUser;
  /** Signed in. */
  readonly agent: UserAgent;
  readonly tokens: Tokens;
  /** For this provider's own API. */
  readonly apiToken: string;
  readonly code: { readonly code: string; readonly codeVerifier: string };
  /** A login page that is open in another browser. */
  readonly login: { readonly agent: UserAgent; readonly form: PageForm };
  /** A consent page that is open. */
  readonly consent: PageForm;
  /** Where another browser would go on after its password was accepted. */
  readonly resume: { readonly agent: UserAgent; readonly url: string };
  /** Path of a link to choose a new password. */
  readonly resetLink: string;
}

async function gather(): Promise<Holdings> {
  const user = await fixture.user();
  const { issuer } = first;
  const agent = new UserAgent(issuer);
  const authorize = async (): Promise<{ code: string; codeVerifier: string }> => {
    const { url, codeVerifier } = authorizationRequest(issuer, client);
    return { code: await agent.codeOf(url, user), codeVerifier };
  };
  const tokens = tokensOf(await redeemCode(issuer, client, await authorize()));
  const code = await authorize();

  const request = authorizationRequest(issuer, apiClient, { scope: 'openid account', resource: api });
  const { accessToken: apiToken } = tokensOf(
    await redeemCode(issuer, apiClient, {
      code: await agent.codeOf(request.url, user),
      codeVerifier: request.codeVerifier,
    }),
  );

  const openLogin = async () => {
    const other = new UserAgent(issuer);
    const arrival = await other.open(authorizationRequest(issuer, client).url);
    return { agent: other, form: formOf(pageOf(arrival), '/login') };
  };
  const consent = await agent.open(authorizationRequest(issuer, strangeClient).url);
  const begun = await openLogin();
  const accepted = await begun.agent.post(begun.form, { username: user.email, password: user.password });
  const reset = await issueAccountLink(fixture.application, 'password_reset', user.id);
  return {
    resetLink: new URL(reset.url).pathname,
    user,
    agent,
    tokens,
    apiToken,
    code,
    login: await openLogin(),
    consent: formOf(pageOf(consent), '/consent'),
    resume: { agent: begun.agent, url: placeAfter(accepted) },
  };
}

function pageOf({ page, url }: Arrival): HttpAnswer {
  if (!page) throw new Error(`No page, but ${url.href}.`);
  return page;
}

/** Where an answer leads, by redirect or by a page that goes on. */
function placeAfter(answer: HttpAnswer): string {
  const place = answer.headers.location ?? /content="0;url=([^"]*)"/.exec(answer.text)?.[1];
  if (place === undefined) throw new Error(`The answer ${answer.status} leads nowhere.`);
  return new URL(place.replaceAll('&amp;', '&'), answer.url).href;
}

function silent(request: AuthorizationRequest): string {
  return `${request.url}&prompt=none`;
}

/** What still works of it at a process, named; and every status, of which none may be a failure of ours. */
async function whatWorks(
  { agent, tokens, apiToken, code, consent, resume, resetLink }: Holdings,
  via: string,
): Promise<{ works: string[]; statuses: number[] }> {
  const { issuer } = first;
  const statuses: number[] = [];
  const noted = (answer: HttpAnswer): HttpAnswer => {
    statuses.push(answer.status);
    return answer;
  };
  /** A browser that got a code. */
  const gotCode = ({ page, url }: Arrival): boolean => {
    if (page) noted(page);
    return url.searchParams.has('code');
  };
  const sso = authorizationRequest(issuer, client);
  const introspected = noted(
    await postForm(`${issuer}/introspect`, { token: tokens.accessToken }, { via, headers: basic(client) }),
  );
  const outcomes = {
    userinfo: noted(await userinfo(issuer, tokens.accessToken, { via })).status === 200,
    introspection: json(introspected)['active'] === true,
    '/users/me':
      noted(await send(`${api}/users/me`, { via, headers: { authorization: `Bearer ${apiToken}` } }))
        .status === 200,
    'a reset link':
      noted(await send(`${issuer}${resetLink}`, { via, headers: { accept: 'text/html' } })).status === 200,
    'a sign-in that was begun': gotCode(await resume.agent.copy().through(via).open(resume.url)),
    'single sign-on': gotCode(await agent.copy().through(via).open(sso.url)),
    'prompt=none': gotCode(await agent.copy().through(via).open(silent(sso))),
    // After these two: it gives the session a new id.
    'a consent page': gotCode(await agent.copy().through(via).submit(consent, { decision: 'allow' })),
    'a refresh token': noted(await refresh(issuer, client, tokens.refreshToken, { via })).status === 200,
    'a code': noted(await redeemCode(issuer, client, code, { via })).status === 200,
  };
  return {
    works: Object.entries(outcomes).flatMap(([name, works]) => (works ? [name] : [])),
    statuses,
  };
}

async function expectNothingWorks(holdings: Holdings): Promise<void> {
  for (const { url } of [second, first]) {
    const { works, statuses } = await whatWorks(holdings, url);
    expect(works).toEqual([]);
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
  }
}

/** Fills in the login page that was open all the time. */
async function logIn({ login, user }: Holdings, via: string, password = user.password): Promise<Arrival> {
  return login.agent.copy().through(via).submit(login.form, { username: user.email, password });
}

describe('what somebody holds who has signed in', () => {
  it('works at every instance, until something ends it', async () => {
    const holdings = await gather();
    expect((await whatWorks(holdings, second.url)).works).toEqual([
      'userinfo',
      'introspection',
      '/users/me',
      'a reset link',
      'a sign-in that was begun',
      'single sign-on',
      'prompt=none',
      'a consent page',
      'a refresh token',
      'a code',
    ]);
    expect((await logIn(holdings, second.url)).url.searchParams.has('code')).toBe(true);
  });
});

describe('from the moment on nothing works, at no instance (S39, S40)', () => {
  it.each([
    ['disabled', 'disable', ''],
    ['deleted', 'delete', ''],
  ])('after a user was %s, signing in neither', async (_, command, input) => {
    const holdings = await gather();
    await latchkey(second, ['user', command, holdings.user.id], input);
    await expectNothingWorks(holdings);
    for (const { url } of [first, second]) {
      const answer = pageOf(await logIn(holdings, url));
      expect(answer.status).toBeLessThan(500);
      expect(() => formOf(answer, '/login')).not.toThrow();
    }
  });

  it('after the password was changed; the new one lets in, the old one does not', async () => {
    const holdings = await gather();
    await latchkey(
      second,
      ['user', 'set-password', holdings.user.id, '--password-stdin'],
      `${NEW_PASSWORD}\n`,
    );
    await expectNothingWorks(holdings);
    expect(formOf(pageOf(await logIn(holdings, first.url)), '/login')).toBeDefined();
    expect((await logIn(holdings, first.url, NEW_PASSWORD)).url.searchParams.has('code')).toBe(true);
  });

  it('after another system named the user (Global Token Revocation §3); they can sign in again', async () => {
    const holdings = await gather();
    const service = await fixture.client({
      type: 'service',
      redirectUris: [],
      scopes: ['sessions:write'],
      resources: [api],
    });
    const form = { grant_type: 'client_credentials', scope: 'sessions:write', resource: api };
    const { accessToken } = tokensOf(
      await postForm(`${first.issuer}/token`, form, { headers: basic(service) }),
    );
    const discovered = json(await send(`${first.issuer}/.well-known/openid-configuration`));
    const answer = await send(String(discovered['global_token_revocation_endpoint']), {
      method: 'POST',
      via: second.url,
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ sub_id: { format: 'iss_sub', iss: first.issuer, sub: holdings.user.id } }),
    });
    expect([answer.status, answer.text]).toEqual([204, '']);
    await expectNothingWorks(holdings);
    expect((await logIn(holdings, first.url)).url.searchParams.has('code')).toBe(true);
  });

  it('after everything of everybody was revoked; they can sign in again', async () => {
    const holdings = await gather();
    await latchkey(second, ['tokens', 'revoke', '--all', '--yes']);
    await expectNothingWorks(holdings);
    expect((await logIn(holdings, first.url)).url.searchParams.has('code')).toBe(true);
  });

  it('after the user was signed out everywhere; they can sign in again', async () => {
    const holdings = await gather();
    await latchkey(second, ['user', 'sign-out', holdings.user.id]);
    await expectNothingWorks(holdings);
    expect((await logIn(holdings, first.url)).url.searchParams.has('code')).toBe(true);
  });
});

describe('from the moment on nothing of a client works, at no instance', () => {
  it('after all that it holds was revoked; the person stays signed in', async () => {
    const holdings = await gather();
    await latchkey(second, ['tokens', 'revoke', '--client', client.clientId]);
    const { works } = await whatWorks(holdings, second.url);
    expect(works).toEqual([
      '/users/me',
      'a reset link',
      'a sign-in that was begun',
      'single sign-on',
      'prompt=none',
      'a consent page',
    ]);
  });
});
