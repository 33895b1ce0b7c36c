/**
 * Finds what somebody probably meant to write.
 * @param maxEdits how many characters may be wrong
 * @returns the candidate that differs only in case, `-` and `_`, or else the nearest one; undefined when none is near
 */
export function closestName(
  written: string,
  candidates: readonly string[],
  maxEdits = written.length < 8 ? 1 : 2,
): string | undefined {
  const same = candidates.find((candidate) => fold(candidate) === fold(written));
  if (same !== undefined) return same;
  let best: { name: string; edits: number } | undefined;
  for (const name of candidates) {
    if (Math.abs(name.length - written.length) > maxEdits) continue;
    const edits = editDistance(written.toLowerCase(), name.toLowerCase());
    if (edits <= maxEdits && edits < (best?.edits ?? Infinity)) best = { name, edits };
  }
  return best?.name;
}

function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, '');
}

/** Optimal string alignment: insertions, deletions, substitutions, and swaps of two neighbours. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      let edits = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + cost);
      if (a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        edits = Math.min(edits, at(beforeLast, column - 2) + 1);
      }
      current.push(edits);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
