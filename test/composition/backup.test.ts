import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { backupDatabase } from '../../src/composition/backup-database.js';
import { restoreDatabase, type RestoreRequest } from '../../src/composition/restore-database.js';
import type { Config } from '../../src/config/config.js';
import { readConfig } from '../../src/config/read-config.js';
import {
  DURABLE_TABLES,
  SCHEMA_TABLES,
  TRANSIENT_TABLES,
} from '../../src/storage/postgres/backup/backup-tables.js';
import { openDatabase } from '../../src/storage/postgres/database.js';
import { migrateToLatest, rollBackLast } from '../../src/storage/postgres/migrate.js';
import { migrationNames } from '../../src/storage/postgres/migration-source.js';
import { schemaOf } from '../support/database-schema.js';
import { AWKWARD_TEXT, contentsOf, fillDurableTables } from '../support/filled-database.js';
import { openFixture, type Fixture } from '../support/server-fixture.js';
import { SECRET_KEY } from '../support/server-process.js';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../support/test-database.js';

const ISSUER = 'https://id.example.test';
const OTHER_SECRET_KEY = 'vN4cP8xQ2jH6tL0rB3wZ7yD1kS5mF9gE';
const REPLACE: Omit<RestoreRequest, 'from'> = { force: true, keepSigningKeys: false, checkOnly: false };
const CHECK = { ...REPLACE, checkOnly: true };
/** Changed by the restore itself. */
const REWRITTEN = ['data_keys', 'signing_keys', 'audit_events', 'audit_chain'];

let folder: string;
let file: string;
let filled: TestDatabase;
const databases: TestDatabase[] = [];

function configOf(
  { url }: Pick<TestDatabase, 'url'>,
  secretKey = SECRET_KEY,
): Config & { secretKeys: readonly [string] } {
  const env = { DATABASE_URL: url, SECRET_KEY: secretKey, ISSUER, NODE_ENV: 'test' };
  const config = readConfig({ env, readFile: (name) => readFileSync(name, 'utf8'), cwd: folder });
  return { ...config, secretKeys: [secretKey] };
}

async function opened<T>(database: TestDatabase, work: (fixture: Fixture) => Promise<T>): Promise<T> {
  const env = { DATABASE_URL: database.url, SECRET_KEY };
  const fixture = await openFixture({ env, issuer: ISSUER });
  try {
    return await work(fixture);
  } finally {
    await fixture.close();
  }
}

/** All that lasts, but for what a restore writes anew. */
function lasting(database: TestDatabase): Promise<Readonly<Record<string, readonly string[]>>> {
  const tables = DURABLE_TABLES.filter((table) => !REWRITTEN.includes(table));
  return withKnex(database, (knex) => contentsOf(knex, tables));
}

async function withKnex<T>(
  { url }: TestDatabase,
  work: (knex: ReturnType<typeof openDatabase>) => Promise<T>,
): Promise<T> {
  const knex = openDatabase({ url, poolSize: 2, applicationName: 'backup test' });
  try {
    return await work(knex);
  } finally {
    await knex.destroy();
  }
}

async function created(make: () => Promise<TestDatabase>): Promise<TestDatabase> {
  const database = await make();
  databases.push(database);
  return database;
}

/** A copy of the backup whose text was changed. */
async function changed(change: (text: string) => string): Promise<string> {
  const copy = path.join(folder, `changed-${createHash('sha256').update(change.toString()).digest('hex')}`);
  const text = change(gunzipSync(await readFile(file)).toString('latin1'));
  await writeFile(copy, gzipSync(Buffer.from(text, 'latin1')));
  return copy;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-backup-'));
  file = path.join(folder, 'one.backup');
  filled = await created(createTestDatabase);
  await opened(filled, fillDurableTables);
  await backupDatabase(configOf(filled), { to: file });
});

afterAll(async () => {
  await Promise.all(databases.map((database) => database.drop()));
  await rm(folder, { recursive: true });
});

test('every table is said to last, or not to', async () => {
  const tables = await withKnex(filled, async (knex) => {
    const found = await knex('pg_tables')
      .whereRaw('schemaname = current_schema()')
      .pluck<string[]>('tablename');
    return found.sort();
  });

  // A new table belongs into one of the lists of backup-tables.ts, and a lasting one into filled-database.ts too.
  expect([...DURABLE_TABLES, ...TRANSIENT_TABLES, ...SCHEMA_TABLES].sort()).toEqual(tables);
});

describe('backup and restore', () => {
  test('bring everything that lasts into another database, unchanged, and nothing that was issued', async () => {
    const target = await created(createEmptyDatabase);
    const seen: string[] = [];
    const report = await restoreDatabase(configOf(target), {
      ...REPLACE,
      force: false,
      from: file,
      onTable: ({ table }) => seen.push(table),
    });

    expect(report).toMatchObject({ otherIssuer: undefined, tables: DURABLE_TABLES.length });
    expect(report.restored).toMatchObject({ signingKeysKept: false, auditLog: { intact: true } });
    expect(seen).toEqual(DURABLE_TABLES);
    expect(await lasting(target)).toEqual(await lasting(filled));
    expect(await withKnex(target, schemaOf)).toEqual(await withKnex(filled, schemaOf));
    expect((await lasting(target)).roles?.join()).toContain(JSON.stringify(AWKWARD_TEXT).slice(1, -1));
    const transient = await withKnex(target, (knex) => contentsOf(knex, TRANSIENT_TABLES));
    expect(Object.values(transient).flat()).toEqual([]);
  });

  test('tell the audit log, which holds afterwards, and goes on', async () => {
    const target = await created(createTestDatabase);
    await restoreDatabase(configOf(target), { ...REPLACE, from: file });
    await opened(target, async ({ application, ...fixture }) => {
      await fixture.user({ email: 'after@example.test' });
      const { events } = await application.auditReader.list({ limit: 3 });

      expect(events.map(({ type }) => type)).toEqual(['user.created', 'backup.restored', 'backup.made']);
      expect(events[1]?.details).toMatchObject({
        signing_keys_kept: false,
        backup: events[2]?.details?.backup,
      });
      expect(await application.auditReader.verify()).toMatchObject({ intact: true });
      expect(await application.stores.signingKeys.list()).toEqual([]);
    });
  });

  test('end what is kept elsewhere too: ids of before name nothing any more', async () => {
    const target = await created(createTestDatabase);
    const idOf = ({ application }: Fixture): Promise<string> =>
      Promise.resolve(application.artifactCodec.rowId({ model: 'Session', id: 'one' }).toString('hex'));
    await opened(target, fillDurableTables);
    const before = await opened(target, idOf);
    const backup = path.join(folder, 'epoch.backup');
    await backupDatabase(configOf(target), { to: backup });
    await restoreDatabase(configOf(target), { ...REPLACE, from: backup });
    const after = await opened(target, idOf);
    await restoreDatabase(configOf(target), { ...REPLACE, from: backup });

    expect(new Set([before, after, await opened(target, idOf)]).size).toBe(3);
  });

  test('take the place of what is there only with --force, and keep the signing keys only when asked', async () => {
    const target = await created(createTestDatabase);
    await opened(target, (fixture) => fixture.user({ email: 'replaced@example.test' }));
    const before = await lasting(target);

    await expect(
      restoreDatabase(configOf(target), { ...REPLACE, force: false, from: file }),
    ).rejects.toMatchObject({ code: 'database_not_empty' });
    expect(await lasting(target)).toEqual(before);
    await restoreDatabase(configOf(target), { ...REPLACE, keepSigningKeys: true, from: file });
    expect(await lasting(target)).toEqual(await lasting(filled));
    await opened(target, async ({ application, ...fixture }) => {
      expect(await application.stores.signingKeys.list()).toHaveLength(3);
      // The numbering of accounts goes on behind those that were restored.
      await fixture.user({ email: 'next@example.test' });
    });
  });

  test('write a file that only its owner may read, whole or not at all, and never over another', async () => {
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await expect(backupDatabase(configOf(filled), { to: file })).rejects.toMatchObject({
      code: 'already_exists',
    });
    const gone = path.join(folder, 'no-such-folder', 'x.backup');
    await expect(backupDatabase(configOf(filled), { to: gone })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(
        `${gone} cannot be written (ENOENT): there is no such folder`,
      ) as string,
    });
    const closing = new PassThrough();
    const failure = backupDatabase(configOf(filled), { to: closing });
    closing.destroy();
    await expect(failure).rejects.toThrow();
    expect((await readdir(folder)).filter((name) => name.includes('unfinished'))).toEqual([]);
  });

  test('bring a backup of an older schema up to date', async () => {
    const names = await migrationNames();
    const old = await created(createTestDatabase);
    await opened(old, (fixture) => fixture.user({ email: 'old@example.test' }));
    await withKnex(old, async (knex) => {
      // Back to where the links to other providers were made.
      for (let at = names.length; !names[at]?.endsWith('_create_upstream_links'); at -= 1)
        await rollBackLast(knex);
    });
    const known = await withKnex(old, (knex) =>
      knex<{ tablename: string }>('pg_tables').whereIn('tablename', DURABLE_TABLES).pluck('tablename'),
    );
    const backup = path.join(folder, 'older.backup');
    await backupDatabase(configOf(old), { to: backup });
    const target = await created(createEmptyDatabase);
    const report = await restoreDatabase(configOf(target), { ...REPLACE, from: backup });

    expect(known).not.toContain('upstream_links');
    expect(report.tables).toBe(known.length);
    await withKnex(target, async (knex) => {
      expect(await migrateToLatest(knex)).toEqual([]);
      expect(await knex('accounts').pluck('email')).toEqual(['old@example.test']);
    });
  });
});

describe('a restore refuses, and changes nothing', () => {
  let target: TestDatabase;
  let before: Awaited<ReturnType<typeof lasting>>;

  beforeAll(async () => {
    target = await created(createTestDatabase);
    await opened(target, (fixture) => fixture.user({ email: 'kept@example.test' }));
    before = await lasting(target);
  });

  afterEach(async () => {
    expect(await lasting(target)).toEqual(before);
    await opened(target, async ({ application }) => {
      expect(await application.auditReader.verify()).toMatchObject({ intact: true });
    });
  });

  async function refusal(from: string, secretKey = SECRET_KEY): Promise<{ code: string; message: string }> {
    const whole = restoreDatabase(configOf(target, secretKey), { ...REPLACE, from });
    const error: unknown = await whole.catch((thrown: unknown) => thrown);
    const checked: unknown = await restoreDatabase(configOf(target, secretKey), { ...CHECK, from }).catch(
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof Error) || !('code' in error)) throw new Error(`It was restored: ${String(error)}`);
    // What needs no database is found by --check too.
    if (error.code !== 'backup_newer') expect(checked).toEqual(error);
    return { code: String(error.code), message: error.message };
  }

  test.each([
    ['cut off in its compression', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['cut off at a line', (bytes: Buffer) => gzipSync(gunzipSync(bytes).subarray(0, -200))],
    ['cut off before its end', (bytes: Buffer) => gzipSync(beforeEnd(gunzipSync(bytes)))],
    ['one bit changed', (bytes: Buffer) => flipped(bytes)],
    [
      'something behind its end',
      (bytes: Buffer) => gzipSync(Buffer.concat([gunzipSync(bytes), Buffer.from('x')])),
    ],
    ['no backup', () => Buffer.from('hello')],
    ['no backup, compressed', () => gzipSync('hello')],
    ['empty', () => Buffer.alloc(0)],
  ])('a backup that is %s', async (_name, damage) => {
    const damaged = path.join(folder, 'damaged.backup');
    await writeFile(damaged, damage(await readFile(file)));

    expect(await refusal(damaged)).toMatchObject({ code: 'backup_unusable' });
  });

  test('a changed row, by its checksum', async () => {
    expect(
      await refusal(await changed((text) => text.replace('bob@example.test', 'eve@example.test'))),
    ).toEqual({
      code: 'backup_unusable',
      message: expect.stringContaining('the checksum of the table accounts is another') as string,
    });
  });

  test('a changed row whose checksum was made anew, because the SECRET_KEY is missing for it', async () => {
    const forged = await changed((text) =>
      text.replace(
        /(\\table \{"name":"account_roles"[^\n]*\n)([^]*?)\\\.\n\\rows [^\n]*\n/,
        (_all, head: string, rows: string) => {
          const evil = rows.replace('\tauditor\n', '\tadmin\n');
          const sha256 = createHash('sha256').update(evil).digest('hex');
          return `${head}${evil}\\.\n\\rows ${JSON.stringify({ rows: 1, sha256 })}\n`;
        },
      ),
    );

    expect(await refusal(forged)).toEqual({
      code: 'backup_unusable',
      message: expect.stringContaining('changed by somebody who does not have its SECRET_KEY') as string,
    });
  });

  test('another SECRET_KEY, and says which one it needs', async () => {
    const { code, message } = await refusal(file, OTHER_SECRET_KEY);
    const header =
      gunzipSync(await readFile(file))
        .toString('latin1')
        .split('\n')[0] ?? '';
    const { secret_key: needed } = JSON.parse(header.slice('latchkey-backup '.length)) as {
      secret_key: string;
    };

    expect(code).toBe('secret_key_mismatch');
    expect(message).toMatch(
      new RegExp(`set the one with the fingerprint ${needed}\\. Yours has [0-9a-f]{8}\\.`),
    );
    expect(message).not.toContain(OTHER_SECRET_KEY);
  });

  test('a newer schema, and a newer format', async () => {
    const schema = await changed((text) =>
      text.replace('"migrations":[', '"migrations":["29990101000000_new",'),
    );
    const format = await changed((text) => text.replace('{"format":1', '{"format":2'));

    expect(await refusal(schema)).toMatchObject({ code: 'backup_newer' });
    expect(await refusal(format)).toMatchObject({ code: 'backup_newer' });
  });

  test('a database that a server uses', async () => {
    const server = openDatabase({ url: target.url, poolSize: 1, applicationName: 'latchkey' });
    await server.raw('select 1');
    await expect(restoreDatabase(configOf(target), { ...REPLACE, from: file })).rejects.toMatchObject({
      code: 'database_in_use',
    });
    await server.destroy();
  });

  test('a file that is not there', async () => {
    expect(await refusal(path.join(folder, 'nowhere'))).toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('nowhere cannot be read (ENOENT): there is no such file') as string,
    });
  });
});

function beforeEnd(text: Buffer): Buffer {
  return text.subarray(0, text.indexOf('\\end '));
}

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const middle = Math.floor(copy.length / 2);
  copy[middle] = (copy[middle] ?? 0) ^ 1;
  return copy;
}
