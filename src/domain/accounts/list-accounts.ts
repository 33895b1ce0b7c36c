import { refuseIfFaulty, type FieldFault } from '../errors.js';
import { isAccountId } from './account-id.js';
import type { AccountPage, AccountStore } from './account-store.js';

export interface ListAccountsDeps {
  readonly accounts: Pick<AccountStore, 'list'>;
}

export interface ListAccountsInput {
  /** Accounts on the page, 1 to 200; default 50. */
  readonly limit?: number | undefined;
  /** `next` of the page before. */
  readonly after?: string | undefined;
  /** Text within email, username or name. */
  readonly search?: string | undefined;
}

export const LARGEST_PAGE = 200;
const DEFAULT_PAGE = 50;
/** Characters. */
const LONGEST_SEARCH = 200;

/**
 * Lists accounts in the order of their creation, page by page.
 * @throws {DomainError} `invalid_input`
 */
export async function listAccounts(
  deps: ListAccountsDeps,
  input: ListAccountsInput = {},
): Promise<AccountPage> {
  const { limit = DEFAULT_PAGE, after, search } = input;
  refuseIfFaulty(faultsOf(limit, after, search));
  return deps.accounts.list({
    limit,
    ...(after !== undefined && { after }),
    ...(search !== undefined && search.trim() !== '' && { search: search.trim() }),
  });
}

function faultsOf(limit: number, after: string | undefined, search: string | undefined): FieldFault[] {
  const faults: FieldFault[] = [];
  if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE) {
    const detail = `limit must be a whole number from 1 to ${LARGEST_PAGE}.`;
    faults.push({ field: 'limit', code: 'out_of_range', detail });
  }
  if (after !== undefined && !isAccountId(after)) {
    const detail = 'after must be the id of the last account of the page before.';
    faults.push({ field: 'after', code: 'cursor_invalid', detail });
  }
  if (search !== undefined && (search.length > LONGEST_SEARCH || /[\p{Cc}\p{Cs}]/u.test(search))) {
    const detail = `search must be at most ${LONGEST_SEARCH} characters, without control characters.`;
    faults.push({ field: 'search', code: 'search_invalid', detail });
  }
  return faults;
}
