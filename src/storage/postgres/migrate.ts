import knex, { type Knex } from 'knex';
import { MIGRATIONS_TABLE, migrationConfiguration } from './migration-configuration.js';
import { VERSION } from '../../domain/version.js';
import { migrationNames } from './migration-source.js';
import { compareVersions, schemaFloor } from './schema-floor.js';
import { silentKnexLog } from './silent-knex-log.js';

/** The database was migrated by a newer version, which left nothing that this one could work with. */
export class SchemaNewerError extends Error {
  override readonly name = 'SchemaNewerError';
  readonly code = 'schema_newer';
  /** Names of the migrations that this version does not know. */
  readonly unknown: readonly string[];

  /**
   * @param unknown names of the migrations that this version does not know, at least one
   * @param floor the oldest version that may run on the schema; undefined when nothing says so
   */
  constructor(unknown: readonly string[], floor?: string) {
    const needed =
      floor === undefined || compareVersions(floor, VERSION) <= 0
        ? 'start that version'
        : `this is ${VERSION}, and the oldest that may run on it is ${floor}: start that version or a newer one`;
    super(
      `The database was migrated by a newer version of Latchkey (${unknown.join(', ')}): ${needed}, or restore a backup from before the upgrade.`,
    );
    this.unknown = unknown;
  }
}

/**
 * Brings the schema up to date. Processes that do so at the same time take turns, and all succeed. A schema that a newer
 * version made, and that this one may run on, stays as it is.
 * @param database a database opened with a connection URL; a connection of its own is made beside its pool
 * @returns the names of the migrations that ran
 * @throws {SchemaNewerError} when the database has migrations that this version does not know and may not run on
 */
export async function migrateToLatest(database: Knex): Promise<string[]> {
  return asMigrator(database, async (migrator) => {
    const state = await schemaState(migrator);
    if (state.unknown.length > 0 && state.pending.length === 0) return [];
    refuseUnknown(state);
    const ran: unknown = await migrator.migrate.latest();
    return namesIn(ran);
  });
}

/**
 * Takes the latest migration back.
 * @returns its name in a list, empty when there is none
 * @throws {SchemaNewerError} when the database has migrations that this version does not know
 */
export async function rollBackLast(database: Knex): Promise<string[]> {
  return asMigrator(database, async (migrator) => {
    refuseUnknown(await schemaState(migrator));
    const undone: unknown = await migrator.migrate.down();
    return namesIn(undone);
  });
}

/**
 * Takes every migration back: nothing of the schema remains, and no data.
 * @returns the names, the latest first
 * @throws {SchemaNewerError} when the database has migrations that this version does not know
 */
export async function rollBackAll(database: Knex): Promise<string[]> {
  return asMigrator(database, async (migrator) => {
    refuseUnknown(await schemaState(migrator));
    const undone: unknown = await migrator.migrate.rollback(undefined, true);
    return namesIn(undone);
  });
}

/**
 * The migrations that have not run yet. Changes nothing, waits for nobody.
 * @returns their names, in order; empty when the schema is up to date, or newer and this version may run on it
 * @throws {SchemaNewerError} when the database has migrations that this version does not know and may not run on
 */
export async function pendingMigrations(database: Knex): Promise<string[]> {
  return [...(await schemaState(database)).pending];
}

/** What of the schema this version knows. */
export interface SchemaState {
  /** Every migration that has run, in order. */
  readonly applied: readonly string[];
  /** Known, and has not run. */
  readonly pending: readonly string[];
  /** Has run, and is of a newer version, whose record says that this one may run beside it. */
  readonly unknown: readonly string[];
}

/**
 * @param database a pool, or a transaction
 * @throws {SchemaNewerError} when the database has migrations that this version does not know and may not run on
 */
export async function schemaState(database: Knex): Promise<SchemaState> {
  const [known, applied] = await Promise.all([migrationNames(), appliedMigrations(database)]);
  const unknown = applied.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const floor = await schemaFloor(database);
    if (floor === undefined || compareVersions(floor, VERSION) > 0)
      throw new SchemaNewerError(unknown, floor);
  }
  return { applied, pending: known.filter((name) => !applied.includes(name)), unknown };
}

/** @throws {SchemaNewerError} for work that has to know the whole schema */
export function refuseUnknown({ unknown }: SchemaState): void {
  if (unknown.length > 0) throw new SchemaNewerError(unknown);
}

async function appliedMigrations(database: Knex): Promise<string[]> {
  if (!(await database.schema.hasTable(MIGRATIONS_TABLE))) return [];
  return database(MIGRATIONS_TABLE).orderBy('id').pluck<string[]>('name');
}

/**
 * Runs work on a connection of its own that holds the migrations' lock and has no time-outs.
 * @param database a database opened with a connection URL
 * @throws {SchemaNewerError} when the database has migrations that this version does not know and may not run on
 */
export async function asMigrator<T>(database: Knex, work: (migrator: Knex) => Promise<T>): Promise<T> {
  const migrator = knex({ ...migrationConfiguration(connectionOf(database)), log: silentKnexLog });
  try {
    await schemaState(migrator);
    // Knex marks its lock in a table. We hold the advisory lock, so a mark is what a process that died left.
    if (await migrator.schema.hasTable(`${MIGRATIONS_TABLE}_lock`))
      await migrator.migrate.forceFreeMigrationsLock();
    return await work(migrator);
  } finally {
    await migrator.destroy();
  }
}

function connectionOf(database: Knex): Knex.PgConnectionConfig {
  const client: unknown = database.client;
  if (typeof client === 'object' && client !== null && 'connectionSettings' in client) {
    const settings: unknown = client.connectionSettings;
    if (typeof settings === 'object' && settings !== null && 'connectionString' in settings) {
      return { ...settings, connectionString: String(settings.connectionString) };
    }
  }
  throw new TypeError('Migrations need a database that was opened with a connection URL.');
}

/** Knex answers `[batch, names]`. */
function namesIn(answer: unknown): string[] {
  const names: unknown = Array.isArray(answer) ? answer[1] : [];
  return Array.isArray(names) ? names.map(String) : [];
}
