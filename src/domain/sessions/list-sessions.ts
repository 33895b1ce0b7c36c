import { pageFaults, positionFault } from '../page.js';
import { DomainError, refuseIfFaulty } from '../errors.js';
import type { SessionPage, SessionStore } from './session-store.js';

export interface ListSessionsInput {
  /** Sessions on the page, 1 to 200; default 50. */
  readonly limit?: number | undefined;
  /** `next` of the page before. */
  readonly after?: string | undefined;
  /** Only sessions of this account; one that does not exist has none. */
  readonly accountId?: string | undefined;
}

const DEFAULT_PAGE = 50;

/**
 * Lists the sessions of signed-in people, the newest first, page by page.
 * @throws {DomainError} `invalid_input` naming `limit` or `after`
 */
export async function listSessions(
  deps: { readonly sessions: Pick<SessionStore, 'list'> },
  { limit = DEFAULT_PAGE, after, accountId }: ListSessionsInput = {},
): Promise<SessionPage> {
  refuseIfFaulty(pageFaults(limit));
  const page = await deps.sessions.list({
    limit,
    ...(after !== undefined && { after }),
    ...(accountId !== undefined && { accountId }),
  });
  if (page === undefined) {
    const fault = positionFault();
    throw new DomainError('invalid_input', fault.detail, [fault]);
  }
  return page;
}
