import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Knex } from 'knex';
import { Client } from 'pg';
import { invite } from '../../src/domain/invitations/invite.js';
import { openDatabase } from '../../src/storage/postgres/database.js';
import { migrateToLatest, pendingMigrations, rollBackLast } from '../../src/storage/postgres/migrate.js';
import { untilBlocked } from '../support/blocked-statements.js';
import { latchkey, runCommand } from '../support/cli.js';
import { schemaOf } from '../support/database-schema.js';
import {
  authorizationRequest,
  closeConnections,
  json,
  redeemCode,
  refresh,
  send,
  tokensOf,
  userinfo,
} from '../support/relying-party-requests.js';
import { codeIn, formOf, UserAgent, type PageForm } from '../support/relying-party-user-agent.js';
import {
  openFixture,
  PASSWORD,
  type Fixture,
  type TestClient,
  type TestUser,
} from '../support/server-fixture.js';
import { CLI_PROGRAM, launch, SECRET_KEY, SERVER_PROGRAM } from '../support/server-process.js';
import { freePort, startServer, type TestServer } from '../support/server.js';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
let server: TestServer;
let fixture: Fixture;
let watcher: Client;
let user: TestUser;
let client: TestClient;
/** Asks for consent. */
let stranger: TestClient;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer({ databaseUrl: database.url });
  fixture = await openFixture(server);
  watcher = await connect(database);
  user = await fixture.user();
  client = await fixture.client();
  stranger = await fixture.client({ firstParty: false });
});

afterAll(async () => {
  closeConnections();
  await Promise.all([fixture.close(), watcher.end(), server.stop()]);
  await database.drop();
});

async function connect({ url }: TestDatabase): Promise<Client> {
  const connected = new Client({ connectionString: url });
  await connected.connect();
  return connected;
}

const END_THE_BLOCKED = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and wait_event_type = 'Lock'`;

/** Kills the server while what it does waits for locks on these tables, and starts it again. */
async function killWhile(
  tables: string,
  requests: readonly (() => Promise<unknown>)[],
  afterwards: { readonly statements: 'go on' | 'end' },
): Promise<void> {
  await watcher.query(`begin; lock table ${tables} in exclusive mode`);
  const answers: Promise<string>[] = [];
  for (const request of requests) {
    answers.push(
      request().then(
        () => 'answered',
        () => 'lost',
      ),
    );
    await untilBlocked(watcher, answers.length);
  }
  await server.kill9();
  if (afterwards.statements === 'end') await watcher.query(END_THE_BLOCKED);
  await watcher.query('rollback');
  expect(await Promise.all(answers)).toEqual(requests.map(() => 'lost'));
  closeConnections();
  server = await startServer({ databaseUrl: database.url, port: server.port });
}

interface Held {
  readonly agent: UserAgent;
  readonly code: string;
  readonly codeVerifier: string;
}

async function codeFor(agent = new UserAgent(server.issuer)): Promise<Held> {
  const { url, codeVerifier } = authorizationRequest(server.issuer, client);
  return { agent, code: await agent.codeOf(url, user), codeVerifier };
}

async function refreshTokenFor(agent: UserAgent): Promise<string> {
  return tokensOf(await redeemCode(server.issuer, client, await codeFor(agent))).refreshToken;
}

/** The page of an invitation, filled in but for its password. */
async function invitation(email: string): Promise<{ readonly agent: UserAgent; readonly form: PageForm }> {
  const token = fixture.application.randomToken();
  const deps = { ...fixture.application, accounts: fixture.application.stores.accounts };
  await invite(
    { ...deps, signUp: { mode: 'invitation', emailDomains: [] }, randomToken: () => token },
    { email },
  );
  const agent = new UserAgent(server.issuer);
  const { page } = await agent.open(`${server.issuer}/invitation/${token}`);
  if (!page) throw new Error('There is no invitation.');
  return { agent, form: formOf(page, token) };
}

/** How many there are of what a redemption or a refresh yields. */
async function yielded(): Promise<Readonly<Record<string, number>>> {
  const { rows } = await watcher.query<{ model: string; count: number }>(
    `select model, count(*)::int from artifacts
     where model in ('AccessToken', 'RefreshToken', 'RefreshAnswer') group by model`,
  );
  return Object.fromEntries(rows.map(({ model, count }) => [model, count]));
}

describe('a server that is killed in the middle of requests', () => {
  it('has done them whole where the database went on, and each can be asked for again', async () => {
    const { agent, ...held } = await codeFor();
    const refreshToken = await refreshTokenFor(agent.copy());
    const { agent: guest, form } = await invitation('guest@example.test');
    const before = await yielded();
    await killWhile(
      'artifacts, accounts',
      [
        () => redeemCode(server.issuer, client, held),
        () => refresh(server.issuer, client, refreshToken),
        () => guest.post(form, { password: PASSWORD }),
      ],
      { statements: 'go on' },
    );
    expect(await yielded()).toEqual({
      AccessToken: (before['AccessToken'] ?? 0) + 2,
      RefreshToken: (before['RefreshToken'] ?? 0) + 2,
      RefreshAnswer: (before['RefreshAnswer'] ?? 0) + 1,
    });
    // The code is used up: nobody knows for what, and the sign-in begins anew, without a page.
    const again = await redeemCode(server.issuer, client, held);
    expect([again.status, json(again)['error']]).toEqual([400, 'invalid_grant']);
    const anew = await agent.open(authorizationRequest(server.issuer, client, { prompt: 'none' }).url);
    expect(codeIn(anew.url)).not.toBe('');
    // The refresh gets the answer that it should have had.
    const next = tokensOf(await refresh(server.issuer, client, refreshToken));
    expect((await userinfo(server.issuer, next.accessToken)).status).toBe(200);
    expect(tokensOf(await refresh(server.issuer, client, next.refreshToken)).refreshToken).not.toBe('');
    // A transaction whose client is gone is undone: the invitation stands.
    expect((await guest.post(form, { password: PASSWORD })).status).toBe(200);
    const { code } = await signedUp('guest@example.test');
    expect(code).not.toBe('');
  });

  it('has done nothing of them where the database did not', async () => {
    const { agent, ...held } = await codeFor();
    const refreshToken = await refreshTokenFor(agent.copy());
    const begun = authorizationRequest(server.issuer, stranger);
    const { page } = await agent.open(begun.url);
    if (!page) throw new Error('There is no page for consent.');
    const consent = formOf(page, '/consent');
    const before = await yielded();
    await killWhile(
      'artifacts',
      [
        () => agent.copy().post(consent, { decision: 'allow' }),
        () => redeemCode(server.issuer, client, held),
      ],
      { statements: 'end' },
    );
    expect(await yielded()).toEqual(before);
    expect(tokensOf(await redeemCode(server.issuer, client, held)).accessToken).not.toBe('');
    expect(tokensOf(await refresh(server.issuer, client, refreshToken)).accessToken).not.toBe('');
    const { url } = await agent.submit(consent, { decision: 'allow' });
    const code = { code: codeIn(url), codeVerifier: begun.codeVerifier };
    expect(tokensOf(await redeemCode(server.issuer, stranger, code)).accessToken).not.toBe('');
  });

  const signedUp = async (email: string) => {
    const { url } = authorizationRequest(server.issuer, client);
    const code = await new UserAgent(server.issuer).codeOf(url, { id: '', email, password: PASSWORD });
    return { code };
  };
});

describe('a command that is killed', () => {
  it('in the middle of a rotation has changed no key, and can be run again', async () => {
    const keyIds = async () => {
      const { keys } = json(await send(`${server.issuer}/jwks`));
      return (keys as readonly { readonly kid: string }[]).map(({ kid }) => kid);
    };
    const before = await keyIds();
    await watcher.query('begin; lock table signing_keys in exclusive mode');
    const command = launch(CLI_PROGRAM, ['key', 'rotate', '--now'], server.env);
    await untilBlocked(watcher, 1);
    command.child.kill('SIGKILL');
    await command.ended;
    await watcher.query('rollback');
    expect(await keyIds()).toEqual(before);
    const seen = server.stdout().length;
    await latchkey(server, ['key', 'rotate', '--now']);
    await server.printed(new RegExp(`^[^]{${seen},}"msg":"signing keys changed"`));
    expect((await keyIds()).length).toBe(2 * before.length);
  });

  it('in the middle of a restore has written nothing, and can be run again', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-killed-'));
    const file = path.join(folder, 'one.backup');
    await latchkey(server, ['backup', '--to', file]);
    const backup = await readFile(file);
    const target = await createEmptyDatabase();
    const looker = await connect(target);
    const settings = { ...server.env, DATABASE_URL: target.url };

    const restore = launch(CLI_PROGRAM, ['restore', '--from', '-'], settings);
    // It has all but the end, and waits for that within its transaction.
    restore.child.stdin.write(backup.subarray(0, -64));
    for (;;) {
      const { rows } = await looker.query(
        `select 1 from pg_stat_activity
         where datname = current_database() and state = 'idle in transaction' and backend_xid is not null`,
      );
      if (rows.length > 0) break;
      await delay(10);
    }
    restore.child.kill('SIGKILL');
    await restore.ended;
    const { rows } = await looker.query("select to_regclass('accounts') as accounts");
    expect(rows).toEqual([{ accounts: null }]);

    const again = await runCommand(settings, ['restore', '--from', file, '--json']);
    expect([again.exitCode, again.stderr.includes('rror')]).toEqual([0, false]);
    const ACCOUNTS = 'select id, email from accounts order by id';
    expect((await looker.query(ACCOUNTS)).rows).toEqual((await watcher.query(ACCOUNTS)).rows);
    await looker.end();
    await target.drop();
    await rm(folder, { recursive: true });
  });
});

describe('a server that is killed in the middle of a migration', () => {
  it('has left the schema as it was, and its next start migrates it', async () => {
    const own = await createTestDatabase();
    const knex: Knex = openDatabase({ url: own.url, poolSize: 1, applicationName: 'latchkey test' });
    const holder = await connect(own);
    const latest = await schemaOf(knex);
    const [undone] = await rollBackLast(knex);
    const before = await schemaOf(knex);

    // What a migration does is done by then, and that it was done cannot be written down.
    await holder.query('begin; lock table schema_migrations in exclusive mode');
    const killed = launch(SERVER_PROGRAM, [], {
      PORT: String(await freePort()),
      SECRET_KEY,
      DATABASE_URL: own.url,
    });
    await untilBlocked(holder, 1);
    killed.child.kill('SIGKILL');
    await once(killed.child, 'close');
    await holder.query('rollback');
    expect(await pendingMigrations(knex)).toEqual([undone]);
    expect(await schemaOf(knex)).toEqual(before);

    const started = await startServer({ databaseUrl: own.url });
    expect(await schemaOf(knex)).toEqual(latest);
    expect(await migrateToLatest(knex)).toEqual([]);
    expect((await started.stop()).exitCode).toBe(0);
    await Promise.all([knex.destroy(), holder.end()]);
    await own.drop();
  });
});
