import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { formatLine, MARKS, type BackupHeader } from '../../../src/storage/postgres/backup/backup-format.js';
import { readBackup } from '../../../src/storage/postgres/backup/backup-reader.js';

const HEADER: BackupHeader = {
  format: 1,
  id: '0b5e0a2c-8d0f-4a51-9d57-3c1f5c2f6a10',
  created_at: '2026-11-28T12:00:00.000Z',
  version: '0.1.0',
  issuer: 'https://id.example.test',
  secret_key: '3f9a1c02',
  migrations: ['20261123120000_create_accounts'],
};

/** A line as COPY's text format may have it: a backslash is never followed by a full stop. */
const row = fc
  .array(fc.constantFrom('a', '\t', '\\\\', '\\N', '\\n', 'é', '.', '\\\\.'), { maxLength: 12 })
  .map((parts) => parts.join(''));

function backupOf(tables: readonly (readonly string[])[]): { text: Buffer; digest: Buffer } {
  const parts: Buffer[] = [formatLine(MARKS.header, HEADER)];
  for (const [index, rows] of tables.entries()) {
    const content = Buffer.from(rows.map((one) => `${one}\n`).join(''));
    const sha256 = createHash('sha256').update(content).digest('hex');
    parts.push(
      formatLine(MARKS.table, { name: `t${index}`, columns: ['a'] }),
      content,
      Buffer.from(`${MARKS.endOfRows}\n`),
      formatLine(MARKS.rows, { rows: rows.length, sha256 }),
    );
  }
  const digest = createHash('sha256').update(Buffer.concat(parts)).digest();
  const footer = { tables: tables.length, rows: tables.flat().length, mac: '0'.repeat(64) };
  return { text: Buffer.concat([...parts, formatLine(MARKS.end, footer)]), digest };
}

// eslint-disable-next-line @typescript-eslint/require-await -- a stand-in for a stream
async function* inChunks(text: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < text.length; at += size) yield text.subarray(at, at + size);
}

describe('readBackup', () => {
  test('finds the same rows, wherever the stream is cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(row, { maxLength: 5 }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 70 }),
        async (tables, size) => {
          const { text, digest } = backupOf(tables);
          const seen: string[] = [];
          const read = await readBackup(inChunks(text, size), {
            header: () => Promise.resolve(),
            async table(_table, rows) {
              const chunks: Buffer[] = [];
              for await (const chunk of rows) chunks.push(chunk);
              seen.push(Buffer.concat(chunks).toString());
            },
          });

          expect(seen).toEqual(tables.map((rows) => rows.map((one) => `${one}\n`).join('')));
          expect(read.header).toEqual(HEADER);
          expect(read.digest).toEqual(digest);
        },
      ),
    );
  });

  test('refuses it cut off anywhere', async () => {
    const { text } = backupOf([['one', 'two'], [], ['three']]);
    for (let length = 0; length < text.length; length += 1) {
      const reading = readBackup(inChunks(text.subarray(0, length), 16), {
        header: () => Promise.resolve(),
        async table(_table, rows) {
          for await (const chunk of rows) expect(chunk.length).toBeGreaterThan(0);
        },
      });
      await expect(reading).rejects.toMatchObject({ code: 'backup_unusable' });
    }
  });
});
