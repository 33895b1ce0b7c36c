import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { endSession } from '../../src/domain/sessions/end-session.js';
import { untilBlocked } from '../support/blocked-statements.js';
import { readFigures } from '../support/figures.js';
import { LogoutReceiver } from '../support/logout-receiver.js';
import { linkIn, startMailServer, type MailServer } from '../support/mail-server.js';
import { startOwnPostgres, type OwnPostgres } from '../support/own-postgres.js';
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
  type HttpAnswer,
} from '../support/relying-party-requests.js';
import { codeIn, formOf, UserAgent } from '../support/relying-party-user-agent.js';
import { linkDatabase, type DatabaseLink } from '../support/server-database-link.js';
import { openFixture, type Fixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { complaints } from '../support/server-process.js';
import { startInVain, startServer, type TestServer } from '../support/server.js';

let postgres: OwnPostgres;
let link: DatabaseLink;
let mails: MailServer;
let server: TestServer;
let fixture: Fixture;
let user: TestUser;
let client: TestClient;
const receiver = new LogoutReceiver();

beforeAll(async () => {
  const [started, mailServer, logoutUri] = await Promise.all([
    startOwnPostgres(),
    startMailServer(),
    receiver.start(),
  ]);
  [postgres, mails] = [started, mailServer];
  link = await linkDatabase(postgres.url);
  server = await startServer({
    // This side gives up a server that is silent two seconds after a statement should have ended.
    databaseUrl: `${link.url}?statement_timeout=3000`,
    env: { SMTP_URL: mails.url, MAIL_FROM: 'Example <sign-in@example.com>' },
  });
  fixture = await openFixture({ ...server, env: { ...server.env, DATABASE_URL: postgres.url } });
  user = await fixture.user();
  client = await fixture.client({ backchannelLogoutUri: logoutUri });
});

afterAll(async () => {
  closeConnections();
  await fixture.close();
  await server.stop();
  await Promise.all([mails.close(), receiver.stop(), link.close()]);
  await postgres.remove();
});

/** All of the server's, also the one that listens. */
const END_CONNECTIONS = `select pg_terminate_backend(pid) from pg_stat_activity
  where application_name in ('latchkey', 'latchkey-changes')`;

const status = async (path: string): Promise<number> => (await send(`${server.issuer}${path}`)).status;

/** There is no event for what a server notices by itself. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await delay(20);
}

const untilReady = (): Promise<void> => until(async () => (await status('/healthz/ready')) === 200);

/** What the server says of itself, over as many connections as it has. */
const overAllConnections = (): Promise<readonly number[]> =>
  Promise.all(Array.from({ length: 14 }, () => status('/healthz/ready')));

interface Held {
  readonly agent: UserAgent;
  readonly code: string;
  readonly codeVerifier: string;
}

async function codeFor(agent = new UserAgent(server.issuer)): Promise<Held> {
  const { url, codeVerifier } = authorizationRequest(server.issuer, client);
  return { agent, code: await agent.codeOf(url, user), codeVerifier };
}

async function tokensFor(agent?: UserAgent) {
  const held = await codeFor(agent);
  return { ...held, ...tokensOf(await redeemCode(server.issuer, client, held)) };
}

async function loginForm(agent: UserAgent) {
  const { url } = authorizationRequest(server.issuer, client);
  const { page } = await agent.open(url);
  if (!page) throw new Error('There is no login form.');
  return formOf(page, '/login');
}

const credentials = (): Record<string, string> => ({ username: user.email, password: user.password });

/** What programs are told, wherever they ask. */
function expectTryAgain(answer: HttpAnswer): void {
  const { url, status: code, headers } = answer;
  expect({ url, status: code, retryAfter: headers['retry-after'] }).toEqual({
    url,
    status: 503,
    retryAfter: '5',
  });
  if (headers['content-type']?.startsWith('text/html') === true) {
    expect(answer.text).toContain('Not available right now');
    expect(answer.text).toContain(`<code>${String(headers['x-request-id'])}</code>`);
  } else {
    const { error, code: problem } = json(answer);
    expect(error ?? problem).toMatch(/^(temporarily_unavailable|storage_unavailable)$/);
  }
  expect(answer.text).not.toMatch(/ECONN|57P01|terminat|\bat .*:\d+:\d+/);
}

/** Lines that no request wrote, from a place of the log on. */
function ownLines(from: number): readonly Record<string, unknown>[] {
  return server
    .stdout()
    .slice(from)
    .split('\n')
    .filter((line) => line.startsWith('{') && !line.includes('"requestId"'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('a database that is stopped and started again under a running server', () => {
  it('costs answers of 503 meanwhile, and nothing else (S77)', async () => {
    const [held, fresh] = [await tokensFor(), await codeFor()];
    const begun = new UserAgent(server.issuer);
    const form = await loginForm(begun);
    const logBefore = server.stdout().length;

    await postgres.stop();
    await server.printed(new RegExp(`^[^]{${logBefore},}"msg":"the database cannot be used; trying again"`));
    expect(await status('/healthz/ready')).toBe(503);
    expect(await status('/healthz/live')).toBe(200);
    expect(await status('/jwks')).toBe(200);
    expect(await status('/.well-known/openid-configuration')).toBe(200);
    expect((await readFigures(server.url)).sum('latchkey_database_up')).toBe(0);
    const { issuer } = server;
    const bearer = { authorization: `Bearer ${held.accessToken}` };
    const refused = await Promise.all([
      send(authorizationRequest(issuer, client).url),
      held.agent.request(authorizationRequest(issuer, client).url),
      begun.request(form.action.replace(/\/login$/, '')),
      begun.post(form, credentials()),
      redeemCode(issuer, client, fresh),
      refresh(issuer, client, held.refreshToken),
      userinfo(issuer, held.accessToken),
      postForm(`${issuer}/introspect`, { token: held.accessToken }, { headers: basic(client) }),
      postForm(`${issuer}/revoke`, { token: held.accessToken }, { headers: basic(client) }),
      postForm(`${issuer}/par`, new URL(authorizationRequest(issuer, client).url).searchParams, {
        headers: basic(client),
      }),
      send(`${issuer}/api/v1/users`, { headers: { ...bearer, accept: 'application/json' } }),
      held.agent.request(`${issuer}/account`),
      held.agent.request(`${issuer}/session/end`),
      send(`${issuer}/reset-password/${'a'.repeat(43)}`),
      send(`${issuer}/invitation/${'a'.repeat(43)}`),
    ]);
    refused.forEach(expectTryAgain);

    await postgres.start();
    await untilReady();
    await Promise.all([
      server.printed(new RegExp(`^[^]{${logBefore},}"msg":"the database answers again"`)),
      server.printed(new RegExp(`^[^]{${logBefore},}"msg":"the change feed listens again"`)),
    ]);
    // One line for each reason, not one for each who noticed, and what to do. Whether the database is found stopping or
    // starting up as well depends on when it is asked.
    const lines = ownLines(logBefore);
    const isOutage = ({ msg }: Readonly<Record<string, unknown>>): boolean =>
      msg === 'the database cannot be used; trying again';
    const others = lines.filter((line) => !isOutage(line)).map(({ msg }) => msg);
    expect(others.sort()).toEqual(
      [
        'the change feed is interrupted; caches are bypassed until it listens again',
        'the change feed listens again',
        'the database answers again',
      ].sort(),
    );
    const outages = lines.filter(isOutage);
    expect(outages.length).toBeGreaterThan(0);
    for (const [index, outage] of outages.entries()) {
      expect(outage).toMatchObject({
        level: 40,
        errorCode: 'storage_unavailable',
        remedy: expect.stringMatching(/\S/) as string,
      });
      expect(outage['errorDetail']).not.toBe(outages[index - 1]?.['errorDetail']);
    }

    // Whatever was refused was not begun.
    expect(tokensOf(await redeemCode(issuer, client, fresh)).accessToken).not.toBe('');
    expect(tokensOf(await refresh(issuer, client, held.refreshToken)).refreshToken).not.toBe('');
    expect((await userinfo(issuer, held.accessToken)).status).toBe(200);
    expect(codeIn((await begun.submit(form, credentials())).url)).not.toBe('');
  });

  it('leaves mails and logouts to be delivered when they come', async () => {
    const someone = await fixture.user();
    const agent = new UserAgent(server.issuer);
    const { page } = await agent.open(`${server.issuer}/forgot-password`);
    if (!page) throw new Error('There is no page.');
    await agent.submit(formOf(page, '/forgot-password'), { username: someone.email });
    expect(linkIn(await mails.nextMail(someone.email), '/reset-password/')).not.toBe('');

    await new UserAgent(server.issuer).codeOf(authorizationRequest(server.issuer, client).url, someone);
    const held = await fixture.application.stores.sessions.list({ limit: 1, accountId: someone.id });
    await endSession(fixture.application, { sessionId: held?.sessions[0]?.id ?? '' });
    expect(await receiver.tokens(1)).toMatchObject([{ sub: someone.id }]);
  });
});

describe('connections that end in the middle of requests', () => {
  let administrator: Client;
  beforeAll(async () => {
    administrator = new Client({ connectionString: postgres.url });
    await administrator.connect();
  });
  // Whatever becomes of a test, it locks nothing for the next one.
  afterEach(() => administrator.query('rollback'));
  afterAll(() => administrator.end());

  it('fail them with 503, whole, and each can be sent again (pg_terminate_backend)', async () => {
    const [one, two, three] = [await tokensFor(), await codeFor(), await tokensFor()];
    const begun = new UserAgent(server.issuer);
    const form = await loginForm(begun);
    // The lock lets every statement begin and none end.
    await administrator.query('begin; lock table artifacts in access exclusive mode');
    const requests = [
      () => refresh(server.issuer, client, one.refreshToken),
      () => redeemCode(server.issuer, client, two),
      () => userinfo(server.issuer, three.accessToken),
      () => begun.post(form, credentials()),
    ] as const;
    const interrupted = requests.map((request) => request());
    await untilBlocked(administrator, 1);
    await administrator.query(END_CONNECTIONS);
    const soon = await Promise.race(interrupted);
    expectTryAgain(soon);
    await administrator.query('rollback');
    for (const answer of await Promise.all(interrupted)) if (answer.status !== 200) expectTryAgain(answer);

    await untilReady();
    // A refresh that came through nevertheless is answered again as it was.
    const again = await Promise.all(requests.map((request) => request()));
    expect(again.map((answer) => answer.status).slice(0, 1)).toEqual([200]);
    expect(tokensOf(again[0] as HttpAnswer).refreshToken).not.toBe('');
    expect((again[2] as HttpAnswer).status).toBe(200);
  });

  it('lose no refresh whose answer was lost: it can be repeated, and gets that answer', async () => {
    const { refreshToken } = await tokensFor();
    const before = await consumed();
    // What is read is answered, and what is written waits until nobody hears of it any more.
    await administrator.query("begin; select 1 from artifacts where model = 'RefreshToken' for update");
    const unanswered = refresh(server.issuer, client, refreshToken);
    await untilBlocked(administrator, 1);
    link.mute();
    await administrator.query('rollback');
    await until(async () => (await consumed()) > before);
    await link.cut();
    expectTryAgain(await unanswered);
    await link.restore();
    await untilReady();
    const repeated = tokensOf(await refresh(server.issuer, client, refreshToken));
    const next = tokensOf(await refresh(server.issuer, client, repeated.refreshToken));
    expect((await userinfo(server.issuer, next.accessToken)).status).toBe(200);
  });

  it('are not many enough for all: no request waits for ever, the process lives, and all is well again (S77)', async () => {
    const ask = () => send(`${server.issuer}/reset-password/${'a'.repeat(43)}`);
    await administrator.query('begin; lock table account_links in access exclusive mode');
    const answers = Array.from({ length: 40 }, ask);
    await until(async () => (await status('/healthz/ready')) === 503);
    expect(await status('/healthz/live')).toBe(200);
    expectTryAgain(await Promise.race(answers));
    await administrator.query('rollback');
    for (const answer of await Promise.all(answers)) if (answer.status !== 404) expectTryAgain(answer);
    await untilReady();
    expect((await ask()).status).toBe(404);
  });

  it('do not end, but are silent: they are given up, and made anew as soon as that is possible', async () => {
    const { accessToken, refreshToken } = await tokensFor();
    await overAllConnections();
    link.mute();
    expectTryAgain(await userinfo(server.issuer, accessToken));
    link.unmute();
    await untilReady();
    expect(new Set(await overAllConnections())).toEqual(new Set([200]));
    expect(tokensOf(await refresh(server.issuer, client, refreshToken)).accessToken).not.toBe('');
  });

  it('lead to a server that takes no changes: that is told, and over as soon as it takes them again', async () => {
    const { refreshToken } = await tokensFor();
    const logBefore = server.stdout().length;
    await administrator.query('alter database latchkey set default_transaction_read_only = on');
    await administrator.query(END_CONNECTIONS);
    await server.printed(
      new RegExp(`^[^]{${logBefore},}"errorDetail":"The database at [^"]* takes no changes`),
    );
    expect(new Set(await overAllConnections())).toEqual(new Set([503]));
    expectTryAgain(await refresh(server.issuer, client, refreshToken));
    await administrator.query('alter database latchkey reset default_transaction_read_only');
    await untilReady();
    expect(new Set(await overAllConnections())).toEqual(new Set([200]));
    expect(tokensOf(await refresh(server.issuer, client, refreshToken)).accessToken).not.toBe('');
  });

  it('lead to a server whose disk is full, as far as it says so: nothing is half done', async () => {
    const { refreshToken } = await tokensFor();
    await administrator.query(`
      create function disk_is_full() returns trigger language plpgsql as $$
        begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$;
      create trigger disk_is_full before insert on artifacts execute function disk_is_full()`);
    expectTryAgain(await refresh(server.issuer, client, refreshToken));
    await administrator.query('drop function disk_is_full cascade');
    expect(tokensOf(await refresh(server.issuer, client, refreshToken)).accessToken).not.toBe('');
  });

  async function consumed(): Promise<number> {
    const { rows } = await administrator.query<{ used: number }>(
      "select count(*)::int as used from artifacts where model = 'RefreshToken' and consumed_at is not null",
    );
    return rows[0]?.used ?? 0;
  }
});

test('a start with a database that takes no changes says so in a line', async () => {
  const url = new URL(postgres.url);
  url.searchParams.set('options', '-c default_transaction_read_only=on');
  url.pathname = '/postgres';
  const { exitCode, stderr } = await startInVain({ ...server.env, PORT: '0', DATABASE_URL: url.href });
  expect(exitCode).toBe(1);
  expect(complaints({ stderr })).toEqual([
    expect.stringMatching(/^The database at .* takes no changes, .*: name the primary/),
  ]);
});

test('the server has come through all this, and ends in order', async () => {
  closeConnections();
  const { exitCode, stdout, stderr } = await server.stop();
  expect(exitCode).toBe(0);
  expect(`${stdout}${stderr}`).not.toMatch(/unhandled rejection|^\s+at /m);
});
