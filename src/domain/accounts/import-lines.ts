import type { FieldFault } from '../errors.js';

/** One line of what is imported, or why it could not be read. Lines are counted from 1, blank ones too. */
export type ImportLine =
  { readonly line: number; readonly text: string } | { readonly line: number; readonly fault: FieldFault };

/** Octets, without the line break. */
export const LONGEST_IMPORT_LINE = 65_536;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Splits bytes into lines, each by itself: a line that is too long or not UTF-8 is told, and the next is read. Blank
 * lines are left out, as are carriage returns at the end of a line and a byte order mark at the beginning of the first.
 * Holds no more than one line and one chunk.
 * @see RFC 8259 §8.1
 */
export async function* readImportLines(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<ImportLine> {
  let line = 1;
  let parts: Uint8Array[] = [];
  let length = 0;
  const take = (part: Uint8Array): void => {
    length += part.length;
    // One octet more than fits: a carriage return may still go.
    if (length <= LONGEST_IMPORT_LINE + 1) parts.push(part);
    else parts = [];
  };
  const finish = (): ImportLine | undefined => {
    const read = readLine(line, length, parts);
    line += 1;
    parts = [];
    length = 0;
    return read;
  };

  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      take(chunk.subarray(start, end));
      const read = finish();
      if (read !== undefined) yield read;
      start = end + 1;
    }
    take(chunk.subarray(start));
  }
  const last = finish();
  if (last !== undefined) yield last;
}

function readLine(line: number, length: number, parts: readonly Uint8Array[]): ImportLine | undefined {
  const whole = Buffer.concat(parts);
  const bytes = whole.at(-1) === CARRIAGE_RETURN ? whole.subarray(0, -1) : whole;
  if (length > LONGEST_IMPORT_LINE + 1 || bytes.length > LONGEST_IMPORT_LINE) {
    return {
      line,
      fault: lineFault('line_too_long', `The line is longer than ${LONGEST_IMPORT_LINE} octets.`),
    };
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { line, fault: lineFault('line_not_utf8', 'The line must be encoded as UTF-8.') };
  }
  if (line === 1 && text.startsWith(BYTE_ORDER_MARK)) text = text.slice(1);
  return text.trim() === '' ? undefined : { line, text };
}

/** A fault of a line as a whole. */
export function lineFault(code: string, detail: string): FieldFault {
  return { field: '', code, detail };
}
