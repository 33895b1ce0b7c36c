import { DomainError } from '../errors.js';
import type { Clock } from '../clock.js';
import type { LogoutQueue } from './logout-queue.js';

/**
 * Has an application told again of a logout, now.
 * @throws {DomainError} `not_found`
 */
export async function retryLogout(
  { logoutQueue, clock }: { readonly logoutQueue: Pick<LogoutQueue, 'retry'>; readonly clock: Clock },
  id: string,
): Promise<void> {
  if (!(await logoutQueue.retry(id, clock.now()))) {
    throw new DomainError('not_found', 'There is no such delivery. It may have succeeded meanwhile.');
  }
}
