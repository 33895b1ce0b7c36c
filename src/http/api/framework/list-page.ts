import { DomainError } from '../../../domain/errors.js';
import { encodeCursor, readTextCursor } from './cursor.js';
import { ProblemError, type ProblemField } from './problem.js';

/** The page of a list as it is answered. */
export interface ListAnswer {
  readonly data: readonly unknown[];
  readonly next_cursor: string | null;
}

/** Parameters of the query by the names that the domain gives them. */
const PARAMETERS: Readonly<Record<string, string>> = { after: 'cursor', search: 'q' };

/**
 * Reads a page from where the cursor of the request says.
 * @param cursor as it came; absent: from the beginning
 * @param list takes the place where the page begins
 * @throws {ProblemError} 400 naming the parameters of the query that are at fault
 */
export async function readPage<Page>(
  cursor: string | undefined,
  list: (after: string | undefined) => Promise<Page>,
): Promise<Page> {
  const after = readTextCursor(cursor);
  try {
    return await list(after);
  } catch (error) {
    if (!(error instanceof DomainError && error.code === 'invalid_input')) throw error;
    throw queryProblem(
      error.faults.map(({ field, code, detail }) =>
        field === 'after' ? CURSOR_INVALID : { pointer: `?${PARAMETERS[field] ?? field}`, code, detail },
      ),
    );
  }
}

/** @param next where the next page begins; absent: there is none */
export function pageAnswer(data: readonly unknown[], next: string | undefined): ListAnswer {
  return { data, next_cursor: next === undefined ? null : encodeCursor(next) };
}

const CURSOR_INVALID: ProblemField = {
  pointer: '?cursor',
  code: 'cursor_invalid',
  detail: 'This list has not given this cursor: use next_cursor of the page before.',
};

function queryProblem(errors: readonly ProblemField[]): ProblemError {
  return new ProblemError({
    status: 400,
    code: 'invalid_input',
    title: 'The request has faults',
    detail: errors.map(({ detail }) => detail).join(' '),
    errors,
  });
}
