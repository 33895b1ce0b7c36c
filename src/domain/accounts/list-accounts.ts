import { refuseIfFaulty, type FieldFault } from '../errors.js';
import { LARGEST_PAGE, pageFaults } from '../page.js';
import { isAccountId } from './account-id.js';
import { isSearchable, isSearchPlace } from './account-search.js';
import type { AccountCount, AccountFilter, AccountPage, AccountStore } from './account-store.js';
import { normalizeTypedLogin } from './normalize-login.js';

export interface ListAccountsDeps {
  readonly accounts: Pick<AccountStore, 'list'>;
}

export interface AccountFilterInput {
  /** Text within email, username or name; one or two letters: with which one of them begins. */
  readonly search?: string | undefined;
  readonly email?: string | undefined;
  readonly username?: string | undefined;
  readonly disabled?: boolean | undefined;
  readonly createdAfter?: Date | undefined;
}

export interface ListAccountsInput extends AccountFilterInput {
  /** Accounts on the page, 1 to 200; default 50. */
  readonly limit?: number | undefined;
  /** `next` of the page before. */
  readonly after?: string | undefined;
  readonly newestFirst?: boolean | undefined;
}

export { LARGEST_PAGE };
const DEFAULT_PAGE = 50;
/** Characters. */
const LONGEST_SEARCH = 200;
/** Where counting ends: some milliseconds, whatever the filter. */
export const LARGEST_COUNT = 10_000;

/**
 * Lists accounts in the order of their creation, page by page. A page of a search may be short of its limit, even empty,
 * and yet have a `next`: the work of one page is bounded.
 * @throws {DomainError} `invalid_input`
 */
export async function listAccounts(
  deps: ListAccountsDeps,
  input: ListAccountsInput = {},
): Promise<AccountPage> {
  const { limit = DEFAULT_PAGE, after, newestFirst } = input;
  const text = searchOf(input);
  refuseIfFaulty([...pageFaults(limit), ...placeFaults(after, text), ...searchFaults(text)]);
  const filter = filterOf(input);
  if (filter === undefined) return { accounts: [], next: undefined };
  return deps.accounts.list({
    ...filter,
    limit,
    ...(after !== undefined && { after }),
    ...(newestFirst !== undefined && { newestFirst }),
  });
}

/**
 * Counts the accounts of a list, as far as `LARGEST_COUNT`; of a search as far as bounded work gets.
 * @throws {DomainError} `invalid_input`
 */
export async function countAccounts(
  deps: { readonly accounts: Pick<AccountStore, 'count'> },
  input: AccountFilterInput = {},
): Promise<AccountCount> {
  refuseIfFaulty(searchFaults(searchOf(input)));
  const filter = filterOf(input);
  if (filter === undefined) return { count: 0, isCapped: false };
  return deps.accounts.count(filter, LARGEST_COUNT);
}

function searchOf({ search }: AccountFilterInput): string {
  return search?.trim() ?? '';
}

/** @returns undefined when no account can fit */
function filterOf(input: AccountFilterInput): AccountFilter | undefined {
  const { email, username, disabled, createdAfter } = input;
  const isImpossible = (name: string | undefined): boolean =>
    name !== undefined && normalizeTypedLogin(name) === undefined;
  if (isImpossible(email) || isImpossible(username)) return undefined;
  const search = searchOf(input);
  return {
    ...(search !== '' && { search }),
    ...(email !== undefined && { email }),
    ...(username !== undefined && { username }),
    ...(disabled !== undefined && { disabled }),
    ...(createdAfter !== undefined && { createdAfter }),
  };
}

function placeFaults(after: string | undefined, search: string): FieldFault[] {
  if (after === undefined || isAccountId(after) || (search !== '' && isSearchPlace(after))) return [];
  const detail = 'after must be next of the page before, or the id of an account.';
  return [{ field: 'after', code: 'cursor_invalid', detail }];
}

function searchFaults(search: string): FieldFault[] {
  if (search.length > LONGEST_SEARCH || /[\p{Cc}\p{Cs}]/u.test(search)) {
    const detail = `search must be at most ${LONGEST_SEARCH} characters, without control characters.`;
    return [{ field: 'search', code: 'search_invalid', detail }];
  }
  if (search === '' || isSearchable(search)) return [];
  return [{ field: 'search', code: 'search_invalid', detail: 'search must have a letter or a digit.' }];
}
