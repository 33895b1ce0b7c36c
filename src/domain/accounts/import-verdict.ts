import type { FieldFault } from '../errors.js';

/** What became of one line of an import. */
export interface ImportVerdict {
  /** Counted from 1, blank lines too. */
  readonly line: number;
  readonly status: 'created' | 'updated' | 'skipped' | 'invalid';
  /** The account's id; absent when the line is invalid, and where a dry run made no account. */
  readonly id?: string | undefined;
  /** Why the line is invalid. */
  readonly faults?: readonly FieldFault[];
}

/** A line that was not taken, and why. */
export function invalidLine(line: number, faults: readonly FieldFault[]): ImportVerdict {
  return { line, status: 'invalid', faults };
}
