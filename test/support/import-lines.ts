import type { ImportLine } from '../../src/domain/accounts/import-lines.js';
import type { ImportVerdict } from '../../src/domain/accounts/import-verdict.js';

/** Lines of an import, as they come from a file with these users. */
export async function* linesOf(users: Iterable<unknown>): AsyncGenerator<ImportLine> {
  let line = 0;
  for (const user of users) {
    line += 1;
    yield await Promise.resolve({ line, text: typeof user === 'string' ? user : JSON.stringify(user) });
  }
}

/** All verdicts of an import. */
export async function verdictsOf(verdicts: AsyncIterable<ImportVerdict>): Promise<ImportVerdict[]> {
  const all: ImportVerdict[] = [];
  for await (const verdict of verdicts) all.push(verdict);
  return all;
}

/** Verdicts in short: `1 created`, `2 invalid email: taken`. */
export function inShort(verdicts: readonly ImportVerdict[]): string[] {
  return verdicts.map(({ line, status, faults }) =>
    [line, status, ...(faults ?? []).map(({ field, code }) => `${field}: ${code}`)].join(' '),
  );
}
