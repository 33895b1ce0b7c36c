import type { Clock } from '../clock.js';
import { DomainError } from '../errors.js';
import type { UnitOfWork } from '../unit-of-work.js';

export interface RetryMailsDeps {
  readonly unitOfWork: UnitOfWork<'mailQueue' | 'audit'>;
  readonly clock: Clock;
}

/**
 * Sends a mail that was given up once more, or all such mails.
 * @param id absent: every mail that was given up and is still worth sending
 * @returns the ids of those that are sent again
 * @throws {DomainError} `not_found` for an id that is unknown, was not given up, or whose link has expired
 */
export function retryMails(deps: RetryMailsDeps, id?: string): Promise<readonly string[]> {
  return deps.unitOfWork.run(async ({ mailQueue, audit }) => {
    const ids = await mailQueue.revive(deps.clock.now(), id);
    if (id !== undefined && ids.length === 0) {
      throw new DomainError(
        'not_found',
        'There is no such mail that was given up and is still worth sending. See: latchkey mail list',
      );
    }
    if (ids.length > 0)
      audit.record({ type: 'mail.retried', details: { count: ids.length, ...(id && { mail: id }) } });
    return ids;
  });
}
