import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { runCommand } from '../support/cli.js';
import { complaints, SECRET_KEY, type Ended, type Settings } from '../support/server-process.js';
import { freePort, startInVain } from '../support/server.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
let port: number;

beforeAll(async () => {
  [database, port] = await Promise.all([createTestDatabase(), freePort()]);
});

afterAll(() => database.drop());

function settings(changes: Settings = {}): Settings {
  return { PORT: String(port), SECRET_KEY, DATABASE_URL: database.url, ...changes };
}

/** The address of the test database with another part. */
function databaseUrl(change: (url: URL) => void): string {
  const url = new URL(database.url);
  change(url);
  return url.href;
}

/** Exit code 1, and these lines on the standard error only: no stack, nothing else. */
function expectRefusal(ended: Ended, lines: readonly RegExp[]): void {
  expect(complaints(ended)).toEqual(lines.map((line) => expect.stringMatching(line) as string));
  expect(ended.exitCode).toBe(1);
  expect(ended.stdout).toBe('');
}

/** PostgreSQL's answer to a wrong password; the embedded one asks for none. @see PostgreSQL manual, 54.7 */
async function startPickyDatabase() {
  const fields = 'SFATAL\0C28P01\0Mpassword authentication failed for user "latchkey"\0\0';
  const refusal = Buffer.alloc(5);
  refusal.write('E');
  refusal.writeUInt32BE(4 + fields.length, 1);
  const server = createServer((socket) => {
    socket.once('data', () => socket.end(Buffer.concat([refusal, Buffer.from(fields)])));
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: listening } = server.address() as AddressInfo;
  return {
    port: listening,
    async close() {
      server.close();
      await once(server, 'close');
    },
  };
}

describe('a start that cannot succeed says in a line what to do, and ends with 1', () => {
  it('when the port is taken', async () => {
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    expectRefusal(await startInVain(settings()), [
      new RegExp(`^Port ${port} is taken by another program: stop it, or set PORT to another one`),
    ]);
    other.close();
    await once(other, 'close');
  });

  it('when nothing listens at the database’s address', async () => {
    const nobody = await freePort();
    const url = `postgres://latchkey:hidden-password@127.0.0.1:${nobody}/latchkey`;
    const ended = await startInVain(settings({ DATABASE_URL: url }));
    expectRefusal(ended, [
      new RegExp(`^Nothing listens at 127\\.0\\.0\\.1:${nobody}: start PostgreSQL, or correct`),
    ]);
    expect(ended.stderr).not.toContain('hidden-password');
  });

  it('when there is no such database', async () => {
    const url = databaseUrl((changed) => (changed.pathname = '/nowhere'));
    expectRefusal(await startInVain(settings({ DATABASE_URL: url })), [
      /^There is no database "nowhere" at .*: create it \(CREATE DATABASE\), or correct its name in DATABASE_URL\.$/,
    ]);
  });

  it('when the database refuses the password', async () => {
    const picky = await startPickyDatabase();
    const url = `postgres://latchkey:hidden-password@127.0.0.1:${picky.port}/latchkey`;
    const ended = await startInVain(settings({ DATABASE_URL: url }));
    expectRefusal(ended, [
      /^The database refused the password of user "latchkey": correct the user and password in DATABASE_URL\.$/,
    ]);
    expect(ended.stderr).not.toContain('hidden-password');
    await picky.close();
  });

  it('when the database does not know the user', async () => {
    const url = databaseUrl((changed) => {
      changed.username = 'nobody';
      changed.password = 'hidden-password';
      if (changed.searchParams.has('user')) changed.searchParams.set('user', 'nobody');
    });
    const ended = await startInVain(settings({ DATABASE_URL: url }));
    expectRefusal(ended, [/^The database .*user "nobody".*DATABASE_URL/]);
    expect(ended.stderr).not.toContain('hidden-password');
  });

  it('when DATABASE_URL is not a database’s URL', async () => {
    const ended = await startInVain(settings({ DATABASE_URL: 'mysql://root:hidden-password@localhost/db' }));
    expectRefusal(ended, [/^DATABASE_URL: .*postgres/]);
    expect(ended.stderr).not.toContain('hidden-password');
  });

  it('when a newer version has migrated the database', async () => {
    const newer = await createTestDatabase();
    const client = new Client({ connectionString: newer.url });
    await client.connect();
    await client.query(
      "insert into schema_migrations (name, batch, migration_time) values ('20991231235959_from_the_future', 9, now())",
    );
    await client.query(
      "insert into schema_floors (migration, oldest_version) values ('20991231235959_from_the_future', '99.0.0')",
    );
    await client.end();
    expectRefusal(await startInVain(settings({ DATABASE_URL: newer.url })), [
      /^The database was migrated by a newer version of Latchkey \(20991231235959_from_the_future\): .*the oldest that may run on it is 99\.0\.0: start that version or a newer one, or restore/,
    ]);
    const command = await runCommand(settings({ DATABASE_URL: newer.url }), ['user', 'list']);
    expect(command.exitCode).toBe(1);
    expect(complaints(command)).toEqual([expect.stringMatching(/migrated by a newer version/)]);
    await newer.drop();
  });

  it('when several settings are wrong, for all of them at once', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-flows-'));
    const file = path.join(folder, 'latchkey.yaml');
    await writeFile(
      file,
      'clients:\n  - client_id: shop\n    redirect_uri: https://shop.example.com/cb\nlifetime: {}\n',
    );
    const ended = await startInVain(
      settings({
        PORT: '70000',
        ISSUER: 'ftp://id.example.com',
        SECRET_KEY: 'short',
        LOG_LEVEL: 'loud',
        CONFIG: file,
      }),
    );
    const lines = complaints(ended);
    for (const setting of [
      'ISSUER',
      'PORT',
      'SECRET_KEY',
      'LOG_LEVEL',
      'CONFIG clients[0].redirect_uri',
      'CONFIG lifetime',
    ]) {
      expect(lines.filter((line) => line.startsWith(`${setting}: `))).toHaveLength(1);
    }
    expectRefusal(
      ended,
      Array.from(lines, () => /^[A-Z_]+( [\w.[\]]+)?: .+\. .+[.?]?$/),
    );
    await rm(folder, { recursive: true });
  });

  it('when production lacks what it needs', async () => {
    const ended = await startInVain({ NODE_ENV: 'production', PORT: String(port) });
    expectRefusal(ended, [
      /^ISSUER: is not set, which production requires\. Set it to the https URL/,
      /^DATABASE_URL: is not set, which production requires\. Set it to a PostgreSQL database/,
      /^SECRET_KEY: is not set, which production requires\. Make one with: openssl rand -base64 32$/,
    ]);
  });

  it('when the embedded database’s folder cannot be made', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-flows-'));
    const file = path.join(folder, 'a-file');
    await writeFile(file, '');
    const ended = await startInVain({ PORT: String(port), SECRET_KEY, DATA_DIR: path.join(file, 'data') });
    expectRefusal(ended, [/cannot be made \(ENOTDIR\): choose another DATA_DIR, or set DATABASE_URL\.$/]);
    await rm(folder, { recursive: true });
  });
});
