import type { Knex } from 'knex';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { openDatabase } from '../../../src/storage/postgres/database.js';
import { describeDatabaseFailure } from '../../../src/storage/postgres/database-failure.js';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../../src/storage/postgres/embedded-postgres.js';
import { EmbeddedPostgresError } from '../../../src/storage/postgres/embedded-postgres-error.js';
import { SchemaNewerError } from '../../../src/storage/postgres/migrate.js';

const PASSWORD = 'hunter2';
let folder: string;
let server: EmbeddedPostgres;
const listeners: Listener[] = [];

interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-failure-'));
  await chmod(folder, 0o755);
  server = await startEmbeddedPostgres({ dataDir: folder, durable: false });
  const hba = path.join(folder, 'cluster/pg_hba.conf');
  await writeFile(
    hba,
    `local all app scram-sha-256\nlocal all barred reject\n${await readFile(hba, 'utf8')}`,
  );
  await use(server.url, (database) =>
    database.raw(`
      create role app login password 'right'; create role barred login; create role guest login;
      create role crowded login connection limit 0; select pg_reload_conf();
    `),
  );
});

afterEach(async () => {
  await Promise.all(listeners.splice(0).map((listener) => listener.close()));
});

afterAll(async () => {
  await server.stop({ evenIfInUse: true });
  await rm(folder, { recursive: true });
});

async function use<T>(url: string, work: (database: Knex) => PromiseLike<T>): Promise<T> {
  const database = openDatabase({ url, poolSize: 1, applicationName: 'latchkey test' });
  try {
    return await work(database);
  } finally {
    await database.destroy();
  }
}

/** What an operator reads when this fails. */
async function failureOf(url: string, sql = 'select 1'): Promise<string> {
  const message = await use(url, async (database) =>
    database.raw(sql).then(
      () => 'no failure',
      (error: unknown) => describeDatabaseFailure(error, url),
    ),
  );
  expect(message).not.toContain(PASSWORD);
  expect(message).not.toContain('\n');
  return message;
}

function urlAs(
  user: string,
  changes: { password?: string; database?: string; query?: Record<string, string> } = {},
) {
  const url = new URL(server.url);
  url.username = user;
  url.password = changes.password ?? '';
  if (changes.database !== undefined) url.pathname = `/${changes.database}`;
  for (const [name, value] of Object.entries(changes.query ?? {})) url.searchParams.set(name, value);
  return url.href;
}

async function listen(onConnection: (socket: Socket) => void): Promise<Listener> {
  const sockets: Socket[] = [];
  const listener: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    listener.close();
    await once(listener, 'close');
  };
  const opened = { port: address.port, close };
  listeners.push(opened);
  return opened;
}

function socketFile(): string {
  return path.join(new URL(server.url).searchParams.get('host') ?? '', '.s.PGSQL.5432');
}

test('nothing listens', async () => {
  const { port } = await listen(() => undefined);
  await listeners.pop()?.close();

  expect(await failureOf(`postgresql://app:${PASSWORD}@127.0.0.1:${port}/d`)).toBe(
    `Nothing listens at 127.0.0.1:${port}: start PostgreSQL, or correct the host and port in DATABASE_URL.`,
  );
});

test('no Unix socket', async () => {
  expect(await failureOf(urlAs('app', { query: { host: '/nowhere' } }))).toBe(
    'There is no PostgreSQL socket in /nowhere: start PostgreSQL, or correct DATABASE_URL.',
  );
});

test('unknown host (RFC 6761 §6.4)', async () => {
  expect(await failureOf(`postgresql://app:${PASSWORD}@nowhere.invalid/d`)).toBe(
    'The host nowhere.invalid is not known: correct DATABASE_URL, or the name service.',
  );
});

test('wrong password', async () => {
  expect(await failureOf(urlAs('app', { password: PASSWORD }))).toBe(
    'The database refused the password of user "app": correct the user and password in DATABASE_URL.',
  );
});

test('no password where one is asked for', async () => {
  expect(await failureOf(urlAs('app'))).toBe(
    'The database asks for a password of user "app": add it to DATABASE_URL.',
  );
});

test.each(['barred', 'unknown'])('user that is not admitted: %s', async (user) => {
  expect(await failureOf(urlAs(user, { password: PASSWORD }))).toMatch(
    new RegExp(
      `^The database at /.* does not admit user "${user}": correct the user in DATABASE_URL, or allow it`,
    ),
  );
});

test('no such database', async () => {
  expect(await failureOf(urlAs('guest', { password: PASSWORD, database: 'missing' }))).toMatch(
    /^There is no database "missing" at \/.*: create it \(CREATE DATABASE\), or correct its name in DATABASE_URL\.$/,
  );
});

test('no right to create tables', async () => {
  expect(await failureOf(urlAs('guest', { password: PASSWORD }), 'create table t (a int)')).toMatch(
    /^User "guest" lacks a right in database "latchkey": make it the owner/,
  );
});

test('too many connections', async () => {
  expect(await failureOf(urlAs('crowded'))).toMatch(/takes no more connections: raise its max_connections/);
});

test('a statement that takes too long', async () => {
  const url = urlAs('guest', { query: { statement_timeout: '20' } });

  expect(await failureOf(url, 'select pg_sleep(60)')).toMatch(
    /^A statement took longer than the database allows/,
  );
});

test('TLS is asked for and not offered', async () => {
  const { port } = await listen((socket) => {
    const inner = connect(socketFile());
    inner.on('error', () => undefined);
    socket.pipe(inner).pipe(socket);
  });

  expect(
    await failureOf(`postgresql://guest:${PASSWORD}@127.0.0.1:${port}/latchkey?sslmode=verify-full`),
  ).toBe(
    `The database at 127.0.0.1:${port} does not offer TLS: turn it on there, or, on a network that you trust, use sslmode=disable in DATABASE_URL.`,
  );
});

test('a server that hangs up', async () => {
  const { port } = await listen((socket) => socket.destroy());

  expect(await failureOf(`postgresql://app:${PASSWORD}@127.0.0.1:${port}/d`)).toBe(
    `The database at 127.0.0.1:${port} closed the connection: see its log, and check that DATABASE_URL names a PostgreSQL server.`,
  );
});

test('a server that does not answer, and a pool that is exhausted: both waits end (S77)', async () => {
  const { port } = await listen(() => undefined);
  const exhausted = use(server.url, async (database) => {
    const holder = await database.transaction();
    const message = await database.raw('select 1').then(
      () => 'no failure',
      (error: unknown) => describeDatabaseFailure(error, server.url),
    );
    await holder.rollback();
    return message;
  });
  const [silent, busy] = await Promise.all([
    failureOf(`postgresql://app:${PASSWORD}@127.0.0.1:${port}/d`),
    exhausted,
  ]);

  expect(silent).toMatch(
    new RegExp(`^The database at 127.0.0.1:${port} did not answer in time: check the host`),
  );
  expect(busy).toMatch(
    /^Every connection to the database at .* was in use for too long: raise the pool's size/,
  );
});

test.each([
  [
    '28000',
    'no pg_hba.conf entry for host "::1", no encryption',
    /does not admit user "app" without encryption: add sslmode=verify-full/,
  ],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate', /is not trusted: add sslrootcert=/],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'x', /certificate is not for the host db\.example/],
  ['CERT_HAS_EXPIRED', 'certificate has expired', /has expired: renew it/],
  ['EHOSTUNREACH', 'x', /cannot be reached over the network/],
  ['53100', 'x', /disk of the database at db\.example:5432 is full/],
  ['XX000', `the password is ${PASSWORD}`, /^The database at db\.example:5432 cannot be used \(XX000\)/],
  ['constructor', 'x', /cannot be used \(constructor\)/],
])('code %s', (code, message, expected) => {
  const error = Object.assign(new Error(message), { code });
  const description = describeDatabaseFailure(error, `postgresql://app:${PASSWORD}@db.example/d`);

  expect(description).toMatch(expected);
  expect(description).not.toContain(PASSWORD);
});

test('a URL that is none', () => {
  expect(describeDatabaseFailure(new TypeError(PASSWORD), `postgresql://app:${PASSWORD}#@:x/`)).toMatch(
    /^DATABASE_URL is not a valid URL: write postgresql:\/\/user:password@host:5432\/database/,
  );
});

test('our own errors keep their words', () => {
  const refused = new EmbeddedPostgresError('embedded_postgres_unavailable', 'Set DATABASE_URL.');
  const newer = new SchemaNewerError(['2_b']);

  expect(describeDatabaseFailure(refused, server.url)).toBe('Set DATABASE_URL.');
  expect(describeDatabaseFailure(newer, server.url)).toBe(newer.message);
});

test('a server that shuts down', async () => {
  const message = await use(server.url, async (database) => {
    await database.raw('select 1');
    // A smart shutdown: it waits for the client just connected, and admits no other.
    process.kill(server.pid, 'SIGTERM');
    let answer = 'no failure';
    while (answer === 'no failure') answer = await failureOf(urlAs('guest'));
    return answer;
  });

  expect(message).toMatch(/is starting or shutting down: wait for it, then try again\.$/);
});
