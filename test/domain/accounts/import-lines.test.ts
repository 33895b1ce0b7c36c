import fc from 'fast-check';
import {
  LONGEST_IMPORT_LINE,
  readImportLines,
  type ImportLine,
} from '../../../src/domain/accounts/import-lines.js';

async function linesOf(...chunks: (string | Buffer)[]): Promise<ImportLine[]> {
  const lines: ImportLine[] = [];
  for await (const line of readImportLines(chunks.map((chunk) => Buffer.from(chunk)))) lines.push(line);
  return lines;
}

const cutInto = (bytes: Buffer, sizes: readonly number[]): Buffer[] => {
  const chunks: Buffer[] = [];
  let start = 0;
  for (const size of sizes) {
    chunks.push(bytes.subarray(start, start + size));
    start += size;
  }
  return [...chunks, bytes.subarray(start)];
};

describe('readImportLines', () => {
  test('counts blank lines, leaves them out, and takes CRLF and a last line without a break', async () => {
    expect(await linesOf('a\r\n\n  \r\nb\n\nc')).toEqual([
      { line: 1, text: 'a' },
      { line: 4, text: 'b' },
      { line: 6, text: 'c' },
    ]);
    expect(await linesOf('')).toEqual([]);
    expect(await linesOf('\n\n')).toEqual([]);
  });

  test('takes a byte order mark from the first line only (RFC 8259 §8.1)', async () => {
    expect(await linesOf('\uFEFFa\n\uFEFFb')).toEqual([
      { line: 1, text: 'a' },
      { line: 2, text: '\uFEFFb' },
    ]);
    expect(await linesOf(Buffer.from([0xef]), Buffer.from([0xbb, 0xbf]), 'a')).toEqual([
      { line: 1, text: 'a' },
    ]);
  });

  test('tells a line that is not UTF-8, and reads on', async () => {
    expect(
      await linesOf('a\n', Buffer.from([0x22, 0xff, 0x22, 0x0a]), Buffer.from([0xc3]), '\nb'),
    ).toMatchObject([
      { line: 1, text: 'a' },
      { line: 2, fault: { code: 'line_not_utf8' } },
      { line: 3, fault: { code: 'line_not_utf8' } },
      { line: 4, text: 'b' },
    ]);
  });

  test('tells a line that is too long, and reads on', async () => {
    const longest = 'x'.repeat(LONGEST_IMPORT_LINE);
    const lines = await linesOf(`${longest}\n${longest}\r\n${longest}x\n`, longest, longest, longest, '\nb');
    expect(lines).toMatchObject([
      { line: 1, text: longest },
      { line: 2, text: longest },
      { line: 3, fault: { code: 'line_too_long' } },
      { line: 4, fault: { code: 'line_too_long' } },
      { line: 5, text: 'b' },
    ]);
  });

  test('gives the same lines however the bytes come', async () => {
    const text = fc.array(
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '\r', '"', 'ü', '€', '𝄞')),
    );
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.integer({ min: 0, max: 9 })), async (parts, sizes) => {
        const whole = Buffer.from(parts.join('\n'));
        expect(await linesOf(...cutInto(whole, sizes))).toEqual(await linesOf(whole));
      }),
    );
  });

  test('loses no line (property)', async () => {
    const word = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((text) => !/[\r\n\uFEFF]/.test(text) && text.trim() !== '');
    await fc.assert(
      fc.asyncProperty(fc.array(word), fc.constantFrom('\n', '\r\n'), async (words, lineBreak) => {
        expect(await linesOf(words.join(lineBreak))).toEqual(
          words.map((text, index) => ({ line: index + 1, text })),
        );
      }),
    );
  });
});
