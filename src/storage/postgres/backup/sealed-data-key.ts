import { unusable, type TableHeader } from './backup-format.js';

/**
 * Takes the sealed data key out of a backup's first table, which has one row.
 * @returns the key as it is sealed, and the rows, to be loaded
 * @throws {DomainError} `backup_unusable`
 */
export async function readSealedDataKey(
  { name, columns }: TableHeader,
  rows: AsyncIterable<Buffer>,
): Promise<{ readonly sealed: Buffer; readonly rows: AsyncIterable<Buffer> }> {
  const all: Buffer[] = [];
  for await (const chunk of rows) all.push(chunk);
  const values = Buffer.concat(all).toString().split('\n')[0]?.split('\t') ?? [];
  // COPY writes bytea as \x and hexadecimal digits, its backslash doubled.
  const [, digits] = /^\\\\x([0-9a-f]+)$/.exec(values[columns.indexOf('sealed')] ?? '') ?? [];
  if (name !== 'data_keys' || digits === undefined)
    throw unusable('The backup was changed: it has no data key.');
  return { sealed: Buffer.from(digits, 'hex'), rows: replay(all) };
}

// eslint-disable-next-line @typescript-eslint/require-await -- it stands in for rows that are waited for
async function* replay(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}
