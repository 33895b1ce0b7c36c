import { createHash, type Hash } from 'node:crypto';
import {
  MARKS,
  parseEnd,
  parseHeader,
  parseRows,
  parseTable,
  unusable,
  type BackupFooter,
  type BackupHeader,
  type TableHeader,
} from './backup-format.js';

/** What is done with a backup while it is read; each is waited for. */
export interface BackupVisitor {
  header(header: BackupHeader): Promise<void>;
  /** Has to read all rows: chunks of whole lines. */
  table(table: TableHeader, rows: AsyncIterable<Buffer>): Promise<void>;
  /** Told once the rows of a table have been read, and are as they were written. */
  tableRead?(progress: { readonly table: string; readonly rows: number }): void;
}

/** A backup that was read to its end, and is whole. */
export interface ReadBackup {
  readonly header: BackupHeader;
  readonly footer: BackupFooter;
  /** SHA-256 of all before the footer, for whoever checks `footer.mac`. */
  readonly digest: Buffer;
}

/** No line but a row is longer, in bytes. */
const LONGEST_LINE = 1_048_576;
const LINE_FEED = 0x0a;
const END_OF_ROWS = Buffer.from(`${MARKS.endOfRows}\n`);
const END_BEHIND_ROWS = Buffer.from(`\n${MARKS.endOfRows}\n`);

/**
 * Reads a backup from its beginning to its end, in memory that does not grow with it, and checks that it is whole and
 * as it was written: the checksum of each table, and the count of tables and rows.
 * @param source the backup without compression
 * @throws {DomainError} `backup_unusable`, `backup_newer`
 */
export async function readBackup(source: AsyncIterable<Buffer>, visitor: BackupVisitor): Promise<ReadBackup> {
  const reader = createReader(source);
  const header = parseHeader((await reader.line()).toString());
  await visitor.header(header);
  let tables = 0;
  let rows = 0;
  for (;;) {
    const digest = reader.digest();
    const line = (await reader.line()).toString();
    const table = parseTable(line);
    if (table === undefined) {
      const footer = parseEnd(line);
      if (footer.tables !== tables || footer.rows !== rows)
        throw unusable('The backup was changed: it lacks tables.');
      await reader.expectEnd();
      return { header, footer, digest };
    }
    tables += 1;
    const read = await readTable(reader, table, visitor);
    rows += read;
    visitor.tableRead?.({ table: table.name, rows: read });
  }
}

async function readTable(reader: Reader, table: TableHeader, visitor: BackupVisitor): Promise<number> {
  const hash = createHash('sha256');
  let rows = 0;
  const state = { complete: false };
  const checked = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of reader.rows()) {
      hash.update(chunk);
      rows += lineFeedsIn(chunk);
      yield chunk;
    }
    state.complete = true;
  };
  await visitor.table(table, checked());
  if (!state.complete) throw new Error(`the rows of ${table.name} were not read`);
  const footer = parseRows((await reader.line()).toString());
  if (footer.rows !== rows || footer.sha256 !== hash.digest('hex')) {
    throw unusable(`The backup was changed: the checksum of the table ${table.name} is another.`);
  }
  return rows;
}

interface Reader {
  /** The next line, without its end. */
  line(): Promise<Buffer>;
  /** The rows of a table, up to the mark of their end, which is read too. */
  rows(): AsyncGenerator<Buffer>;
  /** SHA-256 of all that was read so far. */
  digest(): Buffer;
  expectEnd(): Promise<void>;
}

function createReader(source: AsyncIterable<Buffer>): Reader {
  const chunks = source[Symbol.asyncIterator]();
  const all: Hash = createHash('sha256');
  /** Always begins at the beginning of a line. */
  let rest: Buffer = Buffer.alloc(0);

  const more = async (): Promise<void> => {
    const next = await chunks.next();
    if (next.done === true) throw unusable('The backup is cut off: its end is missing.');
    rest = rest.length === 0 ? next.value : Buffer.concat([rest, next.value]);
  };
  const take = (length: number): Buffer => {
    const taken = rest.subarray(0, length);
    rest = rest.subarray(length);
    all.update(taken);
    return taken;
  };

  return {
    async line() {
      for (;;) {
        const end = rest.indexOf(LINE_FEED);
        if (end !== -1) return take(end + 1).subarray(0, end);
        if (rest.length > LONGEST_LINE) throw unusable('This is no backup of Latchkey.');
        await more();
      }
    },
    async *rows() {
      for (;;) {
        const end = rest.subarray(0, END_OF_ROWS.length).equals(END_OF_ROWS)
          ? 0
          : rest.indexOf(END_BEHIND_ROWS) + 1;
        if (end > 0) yield take(end);
        if (rest.subarray(0, END_OF_ROWS.length).equals(END_OF_ROWS)) {
          take(END_OF_ROWS.length);
          return;
        }
        // The last whole line may be the first half of the mark's line feed; what stays begins a line either way.
        const whole = rest.lastIndexOf(LINE_FEED) + 1;
        if (whole > 0) yield take(whole);
        await more();
      }
    },
    digest: () => all.copy().digest(),
    async expectEnd() {
      if (rest.length > 0 || (await chunks.next()).done !== true)
        throw unusable('The backup was changed: something follows its end.');
    },
  };
}

function lineFeedsIn(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, at + 1)) count += 1;
  return count;
}
