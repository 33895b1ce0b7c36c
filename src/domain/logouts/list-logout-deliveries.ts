import { DomainError, refuseIfFaulty } from '../errors.js';
import { pageFaults, positionFault } from '../page.js';
import type { LogoutDeliveryPage, LogoutDeliveryQuery, LogoutQueue } from './logout-queue.js';

/**
 * Lists the applications that are still to be told of a logout, the newest logout first, page by page.
 * @throws {DomainError} `invalid_input` naming `limit` or `after`
 */
export async function listLogoutDeliveries(
  { logoutQueue }: { readonly logoutQueue: Pick<LogoutQueue, 'list'> },
  query: LogoutDeliveryQuery,
): Promise<LogoutDeliveryPage> {
  refuseIfFaulty(pageFaults(query.limit));
  const page = await logoutQueue.list(query);
  if (page !== undefined) return page;
  const fault = positionFault();
  throw new DomainError('invalid_input', fault.detail, [fault]);
}
