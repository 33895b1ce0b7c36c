import { z } from 'zod';
import { ProblemError } from './problem.js';

/** Items of a page at most. */
export const MAX_LIMIT = 200;
const DEFAULT_LIMIT = 50;

/** The query of every list. */
export const pageQuery = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_LIMIT)
    .default(DEFAULT_LIMIT)
    .describe('Items on the page at most.'),
  cursor: z
    .string()
    .max(512)
    .optional()
    .describe('Where the page begins: `next_cursor` of the page before, without any change.'),
};

/** The body of every list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({
    data: z.array(item),
    next_cursor: z
      .string()
      .nullable()
      .describe('Cursor of the next page; null on the last one, and only there.'),
  });
}

/** Makes a place in a list opaque, so that clients do not build on its form. */
export function encodeCursor(position: string | number): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/**
 * Reads the cursor of a list whose places are texts.
 * @throws {ProblemError} 400 when the list cannot have given it
 */
export function readTextCursor(cursor: string | undefined): string | undefined {
  const position = cursor === undefined ? undefined : decodeCursor(cursor);
  if (cursor !== undefined && typeof position !== 'string') throw cursorInvalid();
  return typeof position === 'string' ? position : undefined;
}

/**
 * Reads the cursor of a list whose places are numbers.
 * @throws {ProblemError} 400 when the list cannot have given it
 */
export function readNumberCursor(cursor: string | undefined): number | undefined {
  const position = cursor === undefined ? undefined : decodeCursor(cursor);
  if (cursor !== undefined && !Number.isSafeInteger(position)) throw cursorInvalid();
  return typeof position === 'number' ? position : undefined;
}

function cursorInvalid(): ProblemError {
  return new ProblemError({
    status: 400,
    code: 'invalid_input',
    title: 'The request has faults',
    detail: 'The cursor is none that this list has given.',
    errors: [{ pointer: '?cursor', code: 'cursor_invalid', detail: 'Use next_cursor of the page before.' }],
  });
}

/** @returns the position, or undefined when the cursor is none of ours */
export function decodeCursor(cursor: string): string | number | undefined {
  try {
    const position: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return typeof position === 'string' || typeof position === 'number' ? position : undefined;
  } catch {
    return undefined;
  }
}
