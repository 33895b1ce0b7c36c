import type { Knex } from 'knex';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { openDatabase } from '../../../src/storage/postgres/database.js';
import {
  migrateToLatest,
  pendingMigrations,
  rollBackAll,
  rollBackLast,
  SchemaNewerError,
} from '../../../src/storage/postgres/migrate.js';
import { migrationFile, migrationNames } from '../../../src/storage/postgres/migration-source.js';
import { compareVersions, schemaFloor } from '../../../src/storage/postgres/schema-floor.js';
import { VERSION } from '../../../src/domain/version.js';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../../support/test-database.js';
import { schemaOf } from '../../support/database-schema.js';

let empty: TestDatabase;
let database: Knex;

beforeEach(async () => {
  empty = await createEmptyDatabase();
  database = openDatabase({ url: empty.url, poolSize: 2, applicationName: 'latchkey test' });
});

afterEach(async () => {
  await database.destroy();
  await empty.drop();
});

describe('migrateToLatest', () => {
  test('runs every migration, in the order of their names, and then none', async () => {
    const names = await migrationNames();

    expect(await pendingMigrations(database)).toEqual(names);
    expect(await migrateToLatest(database)).toEqual(names);
    expect(await pendingMigrations(database)).toEqual([]);
    expect(await migrateToLatest(database)).toEqual([]);
  });

  test('stores names without extension, so that a checkout and a build agree', async () => {
    await migrateToLatest(database);

    expect(await database('schema_migrations').orderBy('id').pluck('name')).toEqual(await migrationNames());
    expect((await migrationNames()).filter((name) => !/^\d{14}_[a-z0-9_]+$/.test(name))).toEqual([]);
  });

  test('by several at the same time: all succeed, each migration runs once (S76)', async () => {
    const others = [1, 2, 3].map(() =>
      openDatabase({ url: empty.url, poolSize: 1, applicationName: 'latchkey test' }),
    );
    try {
      const ran = await Promise.all([database, ...others].map(migrateToLatest));

      expect(ran.flat()).toEqual(await migrationNames());
      expect(await database('schema_migrations').pluck('name')).toHaveLength(ran.flat().length);
    } finally {
      await Promise.all(others.map((other) => other.destroy()));
    }
  });

  test('works although a process that died left the lock of Knex marked', async () => {
    await migrateToLatest(database);
    await rollBackLast(database);
    await database('schema_migrations_lock').update({ is_locked: 1 });

    expect(await migrateToLatest(database)).toHaveLength(1);
  });

  test('leaves no connection and no lock behind', async () => {
    await migrateToLatest(database);
    const { rows } = await database.raw<{ rows: unknown[] }>(`select from pg_locks where locktype = 'advisory'
      and database = (select oid from pg_database where datname = current_database())`);

    expect(rows).toEqual([]);
  });

  describe('of an older version', () => {
    const FUTURE = '29991231235959_from_the_future';

    /** What a newer version leaves. @param floor the oldest version that it leaves room for */
    async function migrateByNewerVersion(floor?: string): Promise<void> {
      await migrateToLatest(database);
      await database('schema_migrations').insert({ name: FUTURE, batch: 2, migration_time: new Date(0) });
      if (floor !== undefined)
        await database('schema_floors').insert({ migration: FUTURE, oldest_version: floor });
    }

    test('leaves a newer schema as it is, when that says that this version may run on it', async () => {
      await migrateByNewerVersion(VERSION);

      expect(await pendingMigrations(database)).toEqual([]);
      expect(await migrateToLatest(database)).toEqual([]);
      expect(await database('schema_migrations').pluck('name')).toContain(FUTURE);
    });

    test('refuses a newer schema whose floor is above it (S76)', async () => {
      await migrateByNewerVersion('99.0.10');
      const message = `The database was migrated by a newer version of Latchkey (${FUTURE}): this is ${VERSION}, and the oldest that may run on it is 99.0.10: start that version or a newer one, or restore a backup from before the upgrade.`;

      for (const refused of [migrateToLatest, rollBackAll, rollBackLast, pendingMigrations])
        await expect(refused(database)).rejects.toMatchObject({ code: 'schema_newer', message });
    });

    test('refuses a newer schema that says nothing of older versions', async () => {
      await migrateByNewerVersion();
      await database('schema_floors').delete();

      await expect(pendingMigrations(database)).rejects.toThrow(new SchemaNewerError([FUTURE]));
    });

    test('takes nothing of a newer schema back, and adds nothing to it', async () => {
      await migrateByNewerVersion(VERSION);
      await expect(rollBackLast(database)).rejects.toThrow(new SchemaNewerError([FUTURE]));
      await expect(rollBackAll(database)).rejects.toThrow(new SchemaNewerError([FUTURE]));

      await database('schema_migrations').where('name', 'like', '%_create_accounts').delete();
      await expect(migrateToLatest(database)).rejects.toThrow(new SchemaNewerError([FUTURE]));
    });
  });

  test('records no floor above its own version, which is that of package.json', async () => {
    await migrateToLatest(database);
    const manifest = JSON.parse(
      await readFile(new URL('../../../package.json', import.meta.url), 'utf8'),
    ) as { version: string };

    expect(VERSION).toBe(manifest.version);
    expect(compareVersions((await schemaFloor(database)) ?? '', VERSION)).toBeLessThanOrEqual(0);
  });

  test('takes the highest of the floors, by number', async () => {
    await migrateToLatest(database);
    const floors = ['0.9.0', '0.10.2', '0.10.1'];
    await database('schema_floors').insert(
      floors.map((version, index) => ({ migration: `floor ${index}`, oldest_version: version })),
    );

    expect(await schemaFloor(database)).toBe('0.10.2');
  });
});

describe('the migrations', () => {
  test('up, all the way down and up again give the same schema', async () => {
    const before = await schemaOf(database);
    await migrateToLatest(database);
    const first = await schemaOf(database);
    const undone = await rollBackAll(database);

    expect(undone).toEqual((await migrationNames()).reverse());
    expect(withoutMigrationTables(await schemaOf(database))).toEqual(before);
    await migrateToLatest(database);
    expect(await schemaOf(database)).toEqual(first);
    expect(first.length).toBeGreaterThan(before.length);
  });

  test('each can be taken back and run again by itself', async () => {
    const names = await migrationNames();
    await migrateToLatest(database);
    const latest = await schemaOf(database);
    for (const name of [...names].reverse()) expect(await rollBackLast(database)).toEqual([name]);
    await migrateToLatest(database);

    expect(await schemaOf(database)).toEqual(latest);
  });

  test('of the template that tests copy are the latest', async () => {
    const copy = await createTestDatabase();
    const opened = openDatabase({ url: copy.url, poolSize: 1, applicationName: 'latchkey test' });
    try {
      expect(await pendingMigrations(opened)).toEqual([]);
    } finally {
      await opened.destroy();
      await copy.drop();
    }
  });

  test('that were released never change: their checksums are pinned', async () => {
    const pinned = new URL('migration-checksums.json', import.meta.url);
    const actual = await checksums();
    if (process.env.PIN_MIGRATIONS === '1')
      await writeFile(pinned, `${JSON.stringify(actual, undefined, 2)}\n`);
    const expected = JSON.parse(await readFile(pinned, 'utf8').catch(() => '{}')) as Record<string, string>;
    const differing = [...new Set([...Object.keys(actual), ...Object.keys(expected)])]
      .filter((name) => actual[name] !== expected[name])
      .map((name) => `${name} ${expected[name] ? (actual[name] ? 'was changed' : 'is gone') : 'is new'}`);

    if (differing.length > 0) {
      throw new Error(
        `${differing.join(', ')}. A migration that was released must not change: write a new one instead. ` +
          'If these were not released yet, pin them: PIN_MIGRATIONS=1 npm test -- test/storage/postgres/migrate.test.ts -t pinned',
      );
    }
  });
});

function withoutMigrationTables(schema: readonly string[]): string[] {
  return schema.filter((line) => !line.includes('schema_migrations'));
}

async function checksums(): Promise<Record<string, string>> {
  const names = await migrationNames();
  const entries = names.map(async (name) => {
    // A checkout on Windows may have turned the line ends.
    const text = (await readFile(migrationFile(name), 'utf8')).replaceAll('\r\n', '\n');
    return [name, createHash('sha256').update(text).digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
