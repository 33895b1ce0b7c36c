import { z } from 'zod';
import { DomainError } from '../../../domain/errors.js';

/**
 * The format, before compression. Each line ends with a line feed, and begins as shown:
 *
 *     latchkey-backup {…}   the header: `BackupHeader`
 *     \table {…}            a table: `TableHeader`; then its rows, as COPY's text format has them
 *     \.                    the end of its rows
 *     \rows {…}             how many there were: `TableFooter`; then the next table
 *     \end {…}              `BackupFooter`; nothing follows
 *
 * No row can be mistaken for another line: COPY writes a backslash of the data as two.
 * @see https://www.postgresql.org/docs/18/sql-copy.html
 */
export const FORMAT = 1;

/** What every line but a row begins with. */
export const MARKS = {
  header: 'latchkey-backup ',
  table: '\\table ',
  endOfRows: '\\.',
  rows: '\\rows ',
  end: '\\end ',
} as const;

const identifier = z.string().regex(/^[a-z_][a-z0-9_]*$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().nonnegative();

const headerSchema = z.object({
  format: z.number().int(),
  id: z.uuid(),
  created_at: z.iso.datetime(),
  /** The version of Latchkey that wrote it. */
  version: z.string(),
  issuer: z.string(),
  /** Tells one SECRET_KEY from another; see `secretKeyFingerprint`. */
  secret_key: z.string(),
  /** The migrations that had run, in order. */
  migrations: z.array(identifier.or(z.string().regex(/^\d{14}_\w+$/))),
});
const tableSchema = z.object({ name: identifier, columns: z.array(identifier).min(1) });
const rowsSchema = z.object({ rows: count, sha256 });
const endSchema = z.object({ tables: count, rows: count, mac: sha256 });

/** What a backup says of itself. */
export type BackupHeader = Readonly<z.infer<typeof headerSchema>>;
/** The columns are in the order of each row's values. */
export type TableHeader = Readonly<z.infer<typeof tableSchema>>;
/** The checksum is over the rows' bytes, line feeds included. */
export type TableFooter = Readonly<z.infer<typeof rowsSchema>>;
/** `mac`: HMAC-SHA-256, under a key of the data key, of the SHA-256 of all bytes before this line. */
export type BackupFooter = Readonly<z.infer<typeof endSchema>>;

/** A line of the format that is not a row. */
export function formatLine(mark: string, content: object): Buffer {
  return Buffer.from(`${mark}${JSON.stringify(content)}\n`);
}

/** @throws {DomainError} `backup_unusable` when it is no backup, `backup_newer` when its format is a later one */
export function parseHeader(line: string): BackupHeader {
  const content = contentOf(MARKS.header, line);
  const { data: kind } = z.object({ format: z.number() }).safeParse(content);
  if (kind !== undefined && kind.format > FORMAT) {
    throw new DomainError(
      'backup_newer',
      `The backup has the format ${kind.format}, and this version of Latchkey reads ${FORMAT} at most: restore it with the version that wrote it, or a newer one.`,
    );
  }
  return parsed(headerSchema, content);
}

/** @returns undefined when the line is none of this kind. @throws {DomainError} `backup_unusable` */
export function parseTable(line: string): TableHeader | undefined {
  return line.startsWith(MARKS.table) ? parsed(tableSchema, contentOf(MARKS.table, line)) : undefined;
}

/** @throws {DomainError} `backup_unusable` */
export function parseRows(line: string): TableFooter {
  return parsed(rowsSchema, contentOf(MARKS.rows, line));
}

/** @throws {DomainError} `backup_unusable` */
export function parseEnd(line: string): BackupFooter {
  return parsed(endSchema, contentOf(MARKS.end, line));
}

/** Says that a backup cannot be used, and that nothing was changed because of it. */
export function unusable(why: string): DomainError {
  return new DomainError('backup_unusable', `${why} Use another backup; nothing was changed.`);
}

function contentOf(mark: string, line: string): unknown {
  if (!line.startsWith(mark)) throw notABackup(mark);
  try {
    const content: unknown = JSON.parse(line.slice(mark.length));
    return content;
  } catch {
    throw notABackup(mark);
  }
}

function parsed<T>(schema: z.ZodType<T>, content: unknown): T {
  const result = schema.safeParse(content);
  if (!result.success) throw unusable('The backup was changed: a line of it is not as Latchkey writes it.');
  return result.data;
}

function notABackup(mark: string): DomainError {
  return mark === MARKS.header
    ? unusable('This is no backup of Latchkey.')
    : unusable('The backup was changed: a line of it is not as Latchkey writes it.');
}
