import { encodeCursor, readTextCursor } from './cursor.js';

/**
 * A page of a list that is whole in memory, since it is short by its nature.
 * @param keyOf a text that no two items share; the page is ordered by it, by code units
 * @throws {ProblemError} 400 for a cursor of another list
 */
export function pageWithin<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  query: { readonly limit: number; readonly cursor?: string | undefined },
): { readonly data: readonly Item[]; readonly next_cursor: string | null } {
  const after = readTextCursor(query.cursor);
  const behind = items
    .filter((item) => after === undefined || keyOf(item) > after)
    .sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  const data = behind.slice(0, query.limit);
  const last = data.at(-1);
  return {
    data,
    next_cursor: behind.length > data.length && last !== undefined ? encodeCursor(keyOf(last)) : null,
  };
}
