import type { Knex } from 'knex';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { DomainError } from '../../../domain/errors.js';
import { errorCode } from '../embedded-postgres-error.js';
import { migrationNames } from '../migration-source.js';
import { refuseUnknown, schemaState } from '../migrate.js';
import { unusable, type BackupHeader, type TableHeader } from './backup-format.js';
import { makeIndexes, setIndexesAside } from './set-indexes-aside.js';
import { DURABLE_TABLES, TRANSIENT_TABLES } from './backup-tables.js';

/** What of the database counts as being in use. */
const WITNESSES = ['accounts', 'clients', 'signing_keys', 'audit_events'] as const;

/** Our own processes that may be connected while a backup is loaded. */
const HARMLESS = ['latchkey-restore', 'latchkey migrate', 'latchkey-backup'];

/**
 * Makes room for a backup: takes away what is in the database, and makes the schema that the backup was written on. All within the transaction, so that until its end nothing is lost.
 * @param transaction of a migrator, see `asMigrator`
 * @param options.force replaces what is there
 * @returns what `finishLoading` needs: the indexes that it makes again
 * @throws {DomainError} `database_not_empty`, `database_in_use`, `backup_newer`
 * @throws {SchemaNewerError}
 */
export async function prepareForBackup(
  transaction: Knex,
  header: BackupHeader,
  options: { readonly force: boolean },
): Promise<readonly string[]> {
  const known = await migrationNames();
  const unknown = header.migrations.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new DomainError(
      'backup_newer',
      `The backup is from Latchkey ${header.version}, whose schema this version does not know (${unknown.join(', ')}): restore it with that version or a newer one.`,
    );
  }
  const state = await schemaState(transaction);
  refuseUnknown(state);
  await refuseInUse(transaction);
  if (!options.force) await refuseNotEmpty(transaction);
  await transaction.raw("set local datestyle = 'ISO, YMD'");
  if (state.applied.join() !== header.migrations.join()) {
    await transaction.migrate.rollback(undefined, true);
    for (const name of header.migrations) await transaction.migrate.up({ name });
  }
  const durable = await existing(transaction, DURABLE_TABLES);
  // The triggers keep the audit log from shrinking.
  for (const table of durable) await transaction.raw('alter table ?? disable trigger user', [table]);
  const all = [...durable, ...(await existing(transaction, TRANSIENT_TABLES))];
  await transaction.raw(`truncate ${all.map((table) => `"${table}"`).join(', ')}`);
  return setIndexesAside(transaction, durable);
}

/**
 * Loads the rows of one table.
 * @throws {DomainError} `backup_unusable` when there is no such table, or it has other columns
 */
export async function loadTable(
  transaction: Knex,
  { name, columns }: TableHeader,
  rows: AsyncIterable<Buffer>,
): Promise<void> {
  if (!DURABLE_TABLES.includes(name) || !(await hasColumns(transaction, name, columns))) {
    throw unusable(`The backup was changed: its schema has no table ${name} with these columns.`);
  }
  const connection = (await acquired(transaction)) as Client;
  const list = columns.map((column) => `"${column}"`).join(', ');
  const stream = connection.query(copyFrom(`copy ${name} (${list}) from stdin`));
  try {
    await pipeline(Readable.from(rows, { objectMode: false }), stream);
  } catch (error) {
    throw refusedByDatabase(error)
      ? unusable(`The backup was changed: rows of ${name} are no such rows.`)
      : error;
  }
}

/**
 * Brings the schema up to date again, and all that hangs on the rows.
 * @param indexes what `prepareForBackup` gave
 */
export async function finishLoading(transaction: Knex, indexes: readonly string[]): Promise<void> {
  await makeIndexes(transaction, indexes);
  for (const table of await existing(transaction, DURABLE_TABLES))
    await transaction.raw('alter table ?? enable trigger user', [table]);
  await transaction.migrate.latest();
  for (const { table, column } of await identityColumns(transaction)) {
    await transaction.raw(
      `select setval(pg_get_serial_sequence(?, ?), coalesce(max(??), 0) + 1, false) from ??`,
      [table, column, column, table],
    );
  }
  // The search among users asks the planner how common a text is.
  for (const table of DURABLE_TABLES) await transaction.raw('analyze ??', [table]);
}

async function existing(transaction: Knex, tables: readonly string[]): Promise<string[]> {
  const { rows } = await transaction.raw<{ rows: { name: string }[] }>(
    'select name from unnest(?::text[]) as name where to_regclass(name) is not null',
    [[...tables]],
  );
  return rows.map(({ name }) => name);
}

async function refuseNotEmpty(transaction: Knex): Promise<void> {
  for (const table of WITNESSES) {
    if (!(await transaction.schema.hasTable(table))) continue;
    if ((await transaction(table).first(transaction.raw('1'))) === undefined) continue;
    throw new DomainError(
      'database_not_empty',
      `The database is in use: ${table} is not empty. With --force the backup takes the place of all that is in it.`,
    );
  }
}

async function refuseInUse(transaction: Knex): Promise<void> {
  const { rows } = await transaction.raw<{ rows: { name: string }[] }>(
    `select application_name as name from pg_stat_activity
     where datname = current_database() and application_name like 'latchkey%'
       and not application_name = any (?) and pid <> pg_backend_pid()`,
    [HARMLESS],
  );
  if (rows.length === 0) return;
  throw new DomainError(
    'database_in_use',
    `Latchkey is running on this database (${rows.length} connection${rows.length === 1 ? '' : 's'}): stop every server and command, then restore.`,
  );
}

async function hasColumns(transaction: Knex, table: string, columns: readonly string[]): Promise<boolean> {
  const { rows } = await transaction.raw<{ rows: { name: string }[] }>(
    `select attname as name from pg_attribute
     where attrelid = to_regclass(?) and attnum > 0 and not attisdropped and attgenerated = ''`,
    [table],
  );
  return columns.every((column) => rows.some(({ name }) => name === column));
}

async function identityColumns(transaction: Knex): Promise<{ table: string; column: string }[]> {
  const { rows } = await transaction.raw<{ rows: { table: string; column: string }[] }>(
    `select c.relname as table, a.attname as column
     from pg_attribute a join pg_class c on c.oid = a.attrelid
     where a.attidentity <> '' and not a.attisdropped and c.relkind = 'r' and c.relname = any (?)
       and c.oid = to_regclass(c.relname::text)`,
    [[...DURABLE_TABLES]],
  );
  return rows;
}

/** Whether the rows are to blame: a value of the wrong form, or against a constraint (SQLSTATE classes 22 and 23). */
function refusedByDatabase(error: unknown): boolean {
  return /^2[23]/.test(errorCode(error) ?? '');
}

/** The connection of the transaction: COPY is no statement that Knex knows. */
async function acquired(transaction: Knex): Promise<unknown> {
  const client: unknown = transaction.client;
  if (isPool(client)) return client.acquireConnection();
  throw new TypeError('Knex gave no connection.');
}

function isPool(client: unknown): client is { acquireConnection(): Promise<unknown> } {
  return typeof client === 'object' && client !== null && 'acquireConnection' in client;
}
