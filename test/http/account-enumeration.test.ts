import { readFileSync } from 'node:fs';
import { openServer, type RunningServer } from '../../src/composition/open-server.js';
import { readConfig } from '../../src/config/read-config.js';
import { createLogger } from '../../src/observability/logger.js';
import { traceStatements } from '../../src/storage/postgres/trace-statements.js';
import {
  authorizationRequest,
  closeConnections,
  type HttpAnswer,
} from '../support/relying-party-requests.js';
import { formOf, UserAgent } from '../support/relying-party-user-agent.js';
import { openFixture, PASSWORD, type Fixture, type TestClient } from '../support/server-fixture.js';
import { SECRET_KEY } from '../support/server-process.js';
import { createTestDatabase } from '../support/test-database.js';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let server: RunningServer;
let fixture: Fixture;
let client: TestClient;
/** What the server asked of its database and of its hasher since the last request, in order. */
let statements: string[] = [];
let hashing: string[] = [];

/** Where transactions begin and end, and the delivery of mails and logouts, which runs beside requests. */
const OF_NO_REQUEST =
  /^(begin|commit);?$|^update mail_outbox|^update "mail_outbox"|^select "next_attempt_at" from "mail_outbox"|^select mail_outbox$|ended_sessions|logout_deliveries/i;

beforeAll(async () => {
  database = await createTestDatabase();
  const env = {
    PORT: '0',
    DATABASE_URL: database.url,
    SECRET_KEY,
    LOG_LEVEL: 'silent',
    CONFIG: 'latchkey.yaml',
  };
  const config = readConfig({
    env,
    readFile: (name) =>
      name.endsWith('latchkey.yaml') ? 'sign_up: { mode: open }\n' : readFileSync(name, 'utf8'),
    cwd: import.meta.dirname,
  });
  if (!config.secretKeys) throw new Error('There is no secret key.');
  server = await openServer({ ...config, secretKeys: config.secretKeys }, createLogger({ level: 'silent' }));
  const { application } = server;
  const { knex } = application.database;
  const note = (statement: string): void => {
    if (!OF_NO_REQUEST.test(statement)) statements.push(statement);
  };
  knex.on('query', ({ sql }: { readonly sql: string }) => {
    note(sql);
  });
  // Prepared statements go past these events: they are noted by their names.
  traceStatements(knex, (name) => {
    note(name);
    return undefined;
  });
  const { passwordHasher } = application;
  for (const name of ['hash', 'verify'] as const) {
    const work = passwordHasher[name].bind(passwordHasher) as (...given: unknown[]) => Promise<never>;
    Object.assign(passwordHasher, {
      [name]: (...given: unknown[]) => {
        hashing.push(name);
        return work(...given);
      },
    });
  }
  // Makes users in a pool of its own, which is not counted.
  const { issuer } = application;
  fixture = await openFixture({ issuer, env: { DATABASE_URL: database.url, SECRET_KEY } });
  client = await fixture.client();
});

afterAll(async () => {
  closeConnections();
  await fixture.close();
  await server.stop();
  await database.drop();
});

interface Seen {
  readonly answer: Readonly<Record<string, unknown>>;
  readonly statements: readonly string[];
  readonly hashing: readonly string[];
}

/** What somebody sees of an answer, without what is new in each: tokens of forms, ids, times, and what they typed. */
function withoutIds({ status, headers, text }: HttpAnswer, typed: string): Seen['answer'] {
  const tidy = (value: string): string =>
    value
      .replaceAll(typed, 'TYPED')
      .replaceAll(encodeURIComponent(typed), 'TYPED')
      .replace(/(name="csrf" value=")[^"]*/g, '$1CSRF')
      .replace(/(interaction\/)[\w-]+/g, '$1UID')
      .replace(/([Rr]equest id[^<]*<[^>]*>)[^<]*/g, '$1ID')
      .replace(/(latchkey_\w+|_\w+(?:\.\w+)*)=[^;]*/g, '$1=VALUE')
      .replace(/expires=[^;]*/gi, 'expires=TIME');
  const { date: _date, etag: _etag, 'x-request-id': _id, 'content-length': length, ...others } = headers;
  return {
    status,
    text: tidy(text),
    // Of the same length, but for what was typed.
    hasLength: length !== undefined,
    headers: Object.fromEntries(
      Object.entries(others).map(([name, value]) => [name, tidy([value].flat().join('\n'))]),
    ),
  };
}

/** Opens a form within an interaction of a new browser, and posts it. */
async function post(
  { page, form }: { readonly page: string; readonly form: string },
  fields: Readonly<Record<string, string>>,
  typed: string,
): Promise<Seen> {
  const agent = new UserAgent(server.application.issuer);
  const login = await agent.open(authorizationRequest(server.application.issuer, client).url);
  const opened = await agent.open(`${login.url.pathname}${page}`);
  if (!opened.page) throw new Error('There is no page.');
  statements = [];
  hashing = [];
  const answer = await agent.post(formOf(opened.page, form), fields);
  return { answer: withoutIds(answer, typed), statements: [...statements], hashing: [...hashing] };
}

const LOGIN = { page: '', form: '/login' };
const FORGOTTEN = { page: '/forgot-password', form: '/forgot-password' };
const SIGN_UP = { page: '/sign-up', form: '/sign-up' };

/** The statements before the account is looked up, which for a forgotten password happens when the answer is out. */
function beforeLookUp({ statements: all }: Seen): readonly string[] {
  const first = all.findIndex((sql) => /from accounts|^accounts_by_login$/.test(sql));
  return first < 0 ? all : all.slice(0, first);
}

/** Accounts of each kind, and a name that nobody has, all of the same length. */
async function kindsOf(tag: string) {
  const nameOf = (kind: string): string => `${kind.padEnd(10, 'x')}.${tag}@example.test`;
  await fixture.user({ email: nameOf('known'), username: `known-${tag}` });
  await fixture.user({ email: nameOf('temporary'), passwordTemporary: true });
  await fixture.disable(await fixture.user({ email: nameOf('disabled') }));
  // The fixture has written to the audit log, whose end the server looks up before it appends again.
  await post(LOGIN, { username: `first.${tag}`, password: 'not the password of anybody' }, 'first');
  return { unknown: nameOf('unknown'), others: ['known', 'temporary', 'disabled'].map(nameOf) };
}

/** Waits for what a request for a link leaves to be done when its answer is out. */
async function untilAudited(count: number): Promise<void> {
  const { knex } = fixture.application.database;
  const asked = async (): Promise<number> =>
    (await knex('audit_events').where({ type: 'password.reset_requested' })).length;
  while ((await asked()) < count);
}

describe('nobody learns whether there is an account (ASVS 5.0 V6.3.8)', () => {
  it('by a wrong password: same answer, same statements, same hashing', async () => {
    const { unknown, others } = await kindsOf('login');
    const tried = (username: string): Promise<Seen> =>
      post(LOGIN, { username, password: 'not the password of anybody' }, username);
    const expected = await tried(unknown);
    expect(expected.answer).toMatchObject({ status: 422 });
    expect(expected.hashing).toEqual(['verify']);
    expect(expected.statements).toEqual(
      expect.arrayContaining(['login_attempts_count', 'accounts_by_login']),
    );
    for (const other of others) expect(await tried(other)).toEqual(expected);
    expect(await tried('known-login')).toEqual(await tried('nobody-log'));
  });

  it('by the right password of a disabled account', async () => {
    const { unknown, others } = await kindsOf('right');
    const tried = (username: string): Promise<Seen> =>
      post(LOGIN, { username, password: PASSWORD }, username);
    expect(await tried(others[2] ?? '')).toEqual(await tried(unknown));
  });

  it('by a forgotten password', async () => {
    const { unknown, others } = await kindsOf('forgot');
    const tried = (username: string): Promise<Seen> => post(FORGOTTEN, { username }, username);
    const expected = await tried(unknown);
    expect(expected.answer).toMatchObject({ status: 200 });
    for (const [index, other] of others.entries()) {
      await untilAudited(index + 1);
      const seen = await tried(other);
      expect(seen.answer).toEqual(expected.answer);
      expect(beforeLookUp(seen)).toEqual(beforeLookUp(expected));
      expect(seen.hashing).toEqual([]);
    }
    await untilAudited(others.length + 1);
  });

  it('by signing up: same answer, same statements, same hashing', async () => {
    const { unknown, others } = await kindsOf('signup');
    const tried = (email: string): Promise<Seen> =>
      post(SIGN_UP, { email, password: PASSWORD, given_name: 'Jo' }, email);
    const expected = await tried(unknown);
    expect(expected.answer).toMatchObject({ status: 303 });
    expect(expected.hashing).toEqual(['hash']);
    for (const other of others) expect(await tried(other)).toEqual(expected);
  });

  it('by the count of tries: it ends for everybody at the same try', async () => {
    const { unknown, others } = await kindsOf('count');
    const [known = ''] = others;
    const statuses = async (username: string): Promise<unknown[]> => {
      const seen: unknown[] = [];
      for (let tries = 0; tries < 12; tries += 1) {
        seen.push((await post(LOGIN, { username, password: 'wrong as can be' }, username)).answer['status']);
      }
      return seen;
    };
    expect(await statuses(known)).toEqual(await statuses(unknown));
  });
});
