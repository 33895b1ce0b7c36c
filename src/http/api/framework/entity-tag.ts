import { createHash } from 'node:crypto';
import { ProblemError } from './problem.js';

/** The entity tag of a representation. @see RFC 9110 §8.8.3 */
export function entityTag(representation: unknown): string {
  const digest = createHash('sha256').update(JSON.stringify(representation)).digest('base64url');
  return `"${digest.slice(0, 22)}"`;
}

/**
 * Refuses a change that was made on the ground of another state.
 * @param ifMatch the header `If-Match`; absent: any state will do
 * @throws {ProblemError} 412
 * @see RFC 9110 §13.1.1
 */
export function requireMatch(ifMatch: string | undefined, representation: unknown): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const current = entityTag(representation);
  if (ifMatch.split(',').some((tag) => tag.trim() === current)) return;
  throw new ProblemError({
    status: 412,
    code: 'stale_version',
    title: 'Changed meanwhile',
    detail:
      'The resource is not in the state that If-Match names any more: get it again, then repeat the change.',
    headers: { ETag: current },
  });
}
