import type { FieldFault } from './errors.js';

/** Items of a page at most. */
export const LARGEST_PAGE = 200;

/** The faults of the size of a page. */
export function pageFaults(limit: number): readonly FieldFault[] {
  if (Number.isInteger(limit) && limit >= 1 && limit <= LARGEST_PAGE) return [];
  const detail = `limit must be a whole number from 1 to ${LARGEST_PAGE}.`;
  return [{ field: 'limit', code: 'out_of_range', detail }];
}

/** The fault of a place in a list that the list has not given. */
export function positionFault(): FieldFault {
  return { field: 'after', code: 'cursor_invalid', detail: 'after must be `next` of the page before.' };
}
