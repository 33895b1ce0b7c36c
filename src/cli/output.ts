import type { CliOutput } from './terminal.js';

/** Writes one line of text. */
export function writeLine(output: CliOutput, line: string): void {
  output.write(`${line}\n`);
}

/** Writes each line of text. */
export function writeLines(output: CliOutput, lines: readonly string[]): void {
  for (const line of lines) writeLine(output, line);
}

/**
 * Lays labelled values out one below the other, values in one column; a value that is absent gets no line.
 * @param rows label and value
 */
export function presentFields(
  rows: readonly (readonly [label: string, value: string | undefined])[],
): string {
  const present = rows.filter((row): row is readonly [string, string] => row[1] !== undefined);
  const width = Math.max(0, ...present.map(([label]) => label.length));
  return present.map(([label, value]) => `${label.padEnd(width)}  ${printable(value)}`).join('\n');
}

/**
 * Lays rows out as a table with a heading.
 * @param heading the columns' names
 * @param rows one list of cells each, as many as there are columns
 */
export function presentTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [heading, ...rows].map((row) => row.map(printable));
  const widths = heading.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Text without characters that could steer a terminal: what people typed about themselves is not trusted. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '\uFFFD');
}
