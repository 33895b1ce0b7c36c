import { createHash } from 'node:crypto';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { formatLine, MARKS, type BackupHeader } from './backup-format.js';
import { DURABLE_TABLES } from './backup-tables.js';

/** A table that has been written or loaded. */
export interface TableProgress {
  readonly table: string;
  readonly rows: number;
}

export interface WriteBackupOptions {
  /** Of the database. */
  readonly url: string;
  /** What the header says beside the schema. */
  readonly header: Omit<BackupHeader, 'migrations'>;
  /** @param digest SHA-256 of all before the footer. @returns what only somebody with the data key can make of it */
  readonly authenticate: (digest: Buffer) => Buffer;
  readonly onTable?: (progress: TableProgress) => void;
}

/** Dates and bytes are written in one way, whatever the server and the role are set to. */
const SNAPSHOT = `
  begin transaction isolation level repeatable read read only;
  set local datestyle = 'ISO, YMD';
  set local intervalstyle = 'iso_8601';
  set local timezone = 'UTC';
  set local bytea_output = 'hex';
  set local extra_float_digits = 1`;

/**
 * Writes all that lasts, as one snapshot of the database: it is as it was at one moment, whatever is changed meanwhile.
 * Nothing is held up by it but migrations. @returns the chunks of the format, without compression
 */
export async function* writeBackup(options: WriteBackupOptions): AsyncGenerator<Buffer> {
  const client = new pg.Client({
    connectionString: options.url,
    application_name: 'latchkey-backup',
    connectionTimeoutMillis: 10_000,
    // A large table takes its time, and so may whoever reads; the server may have defaults.
    statement_timeout: 0,
    idle_in_transaction_session_timeout: 0,
    lock_timeout: 30_000,
  });
  // A connection that breaks tells whoever waits for its answer; without a listener it would end the process too.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(SNAPSHOT);
    const hash = createHash('sha256');
    let tables = 0;
    let rows = 0;
    for await (const chunk of contents(client, options, (written) => {
      tables += 1;
      rows += written.rows;
      options.onTable?.(written);
    })) {
      hash.update(chunk);
      yield chunk;
    }
    const mac = options.authenticate(hash.digest()).toString('hex');
    yield formatLine(MARKS.end, { tables, rows, mac });
    await client.query('commit');
  } finally {
    // Without waiting: a reader that went away leaves rows that nobody takes.
    void client.end().catch(() => undefined);
  }
}

async function* contents(
  client: pg.Client,
  { header }: WriteBackupOptions,
  onTable: (progress: TableProgress) => void,
): AsyncGenerator<Buffer> {
  const migrations = await client.query<{ name: string }>('select name from schema_migrations order by id');
  yield formatLine(MARKS.header, { ...header, migrations: migrations.rows.map(({ name }) => name) });
  for (const table of DURABLE_TABLES) {
    const columns = await storedColumns(client, table);
    if (columns.length === 0) continue;
    yield formatLine(MARKS.table, { name: table, columns });
    const hash = createHash('sha256');
    const stream = client.query(copyTo(`copy ${table} (${columns.map(quoted).join(', ')}) to stdout`));
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        hash.update(chunk);
        yield chunk;
      }
    } finally {
      stream.destroy();
    }
    yield Buffer.from(`${MARKS.endOfRows}\n`);
    yield formatLine(MARKS.rows, { rows: stream.rowCount, sha256: hash.digest('hex') });
    onTable({ table, rows: stream.rowCount });
  }
}

/** Columns that hold something of their own, in order; none when there is no such table. */
async function storedColumns(client: pg.Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute
     where attrelid = to_regclass($1) and attnum > 0 and not attisdropped and attgenerated = ''
     order by attnum`,
    [table],
  );
  return rows.map(({ name }) => name);
}

function quoted(column: string): string {
  return `"${column.replaceAll('"', '""')}"`;
}
