import { refuseIfFaulty, type FieldFault } from '../errors.js';
import { LARGEST_PAGE, pageFaults } from '../page.js';
import { isAccountId } from './account-id.js';
import { isSearchable, isSearchPlace } from './account-search.js';
import type { AccountPage, AccountStore } from './account-store.js';
import { normalizeTypedLogin } from './normalize-login.js';

export interface ListAccountsDeps {
  readonly accounts: Pick<AccountStore, 'list'>;
}

export interface ListAccountsInput {
  /** Accounts on the page, 1 to 200; default 50. */
  readonly limit?: number | undefined;
  /** `next` of the page before. */
  readonly after?: string | undefined;
  /** Text within email, username or name; one or two letters: with which one of them begins. */
  readonly search?: string | undefined;
  readonly email?: string | undefined;
  readonly username?: string | undefined;
  readonly disabled?: boolean | undefined;
  readonly createdAfter?: Date | undefined;
  readonly newestFirst?: boolean | undefined;
}

export { LARGEST_PAGE };
const DEFAULT_PAGE = 50;
/** Characters. */
const LONGEST_SEARCH = 200;

/**
 * Lists accounts in the order of their creation, page by page. A page of a search may be short of its limit, even empty,
 * and yet have a `next`: the work of one page is bounded.
 * @throws {DomainError} `invalid_input`
 */
export async function listAccounts(
  deps: ListAccountsDeps,
  input: ListAccountsInput = {},
): Promise<AccountPage> {
  const { limit = DEFAULT_PAGE, after, search, email, username, disabled, createdAfter, newestFirst } = input;
  const text = search?.trim() ?? '';
  refuseIfFaulty(faultsOf(limit, after, text));
  const isImpossible = (name: string | undefined): boolean =>
    name !== undefined && normalizeTypedLogin(name) === undefined;
  if (isImpossible(email) || isImpossible(username)) return { accounts: [], next: undefined };
  return deps.accounts.list({
    limit,
    ...(after !== undefined && { after }),
    ...(text !== '' && { search: text }),
    ...(email !== undefined && { email }),
    ...(username !== undefined && { username }),
    ...(disabled !== undefined && { disabled }),
    ...(createdAfter !== undefined && { createdAfter }),
    ...(newestFirst !== undefined && { newestFirst }),
  });
}

function faultsOf(limit: number, after: string | undefined, search: string): FieldFault[] {
  const faults: FieldFault[] = [...pageFaults(limit)];
  if (after !== undefined && !isAccountId(after) && !(search !== '' && isSearchPlace(after))) {
    const detail = 'after must be next of the page before, or the id of an account.';
    faults.push({ field: 'after', code: 'cursor_invalid', detail });
  }
  if (search.length > LONGEST_SEARCH || /[\p{Cc}\p{Cs}]/u.test(search)) {
    const detail = `search must be at most ${LONGEST_SEARCH} characters, without control characters.`;
    faults.push({ field: 'search', code: 'search_invalid', detail });
  } else if (search !== '' && !isSearchable(search)) {
    const detail = 'search must have a letter or a digit.';
    faults.push({ field: 'search', code: 'search_invalid', detail });
  }
  return faults;
}
