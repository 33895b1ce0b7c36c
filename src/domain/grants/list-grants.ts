import { DomainError, refuseIfFaulty } from '../errors.js';
import { pageFaults, positionFault } from '../page.js';
import type { GrantPage, GrantStore } from './grant-store.js';

export interface ListGrantsInput {
  /** Grants on the page, 1 to 200; default 50. */
  readonly limit?: number | undefined;
  /** `next` of the page before. */
  readonly after?: string | undefined;
  /** Only grants of this account; one that does not exist has none. */
  readonly accountId?: string | undefined;
  /** Only grants of this client. */
  readonly clientId?: string | undefined;
}

const DEFAULT_PAGE = 50;

/**
 * Lists what clients may do for people now, the newest first, page by page.
 * @throws {DomainError} `invalid_input` naming `limit` or `after`
 */
export async function listGrants(
  deps: { readonly grants: Pick<GrantStore, 'list'> },
  { limit = DEFAULT_PAGE, after, accountId, clientId }: ListGrantsInput = {},
): Promise<GrantPage> {
  refuseIfFaulty(pageFaults(limit));
  const page = await deps.grants.list({
    limit,
    ...(after !== undefined && { after }),
    ...(accountId !== undefined && { accountId }),
    ...(clientId !== undefined && { clientId }),
  });
  if (page === undefined) {
    const fault = positionFault();
    throw new DomainError('invalid_input', fault.detail, [fault]);
  }
  return page;
}
