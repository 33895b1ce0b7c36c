import type { Knex } from 'knex';
import { firstAccountId, isAccountId } from '../../domain/accounts/account-id.js';
import { searchesBeginnings } from '../../domain/accounts/account-search.js';
import type { AccountQuery } from '../../domain/accounts/account-store.js';
import { normalizeLogin } from '../../domain/accounts/normalize-login.js';

/** Runs `select <columns>, …` of accounts `from` with what follows. */
export type SelectPlaced<Row> = (
  columns: string,
  from: string,
  bindings: Record<string, Knex.RawBinding>,
) => Promise<(Row & Placed)[]>;

export interface Placed {
  /** Position of the account, or where a search goes on that has ended before its page was full. */
  readonly place: number;
  /** Null where a search goes on. */
  readonly id: string | null;
}

export interface SearchPage<Row> {
  readonly rows: readonly Row[];
  /** The place behind which the next page begins; absent when all was looked through. */
  readonly next: string | undefined;
}

/** Work of one page: blocks of the index, and eighths of the rows, that are read. An ordinary search takes some 100 at most. */
const BUDGET = 120;
/** Work of a count, which somebody has asked for. */
export const COUNT_BUDGET = 1_000;
const PAST_EVERY_ACCOUNT = Number.MAX_SAFE_INTEGER;

/**
 * Reads a page of accounts that have a text, in the order of their positions. The page may be short of its limit, even
 * empty, although more follow: the work of a page is bounded.
 * @param budget of that work, see `BUDGET`
 */
export async function searchAccountPage<Row>(
  select: SelectPlaced<Row>,
  query: AccountQuery & { readonly search: string },
  budget = BUDGET,
): Promise<SearchPage<Row & Placed>> {
  const { limit, search, after, newestFirst = false, email, username, disabled, createdAfter } = query;
  const order = newestFirst ? 'desc' : 'asc';
  const place = after === undefined ? (newestFirst ? ':end::bigint' : '-1') : placeOf(after, newestFirst);
  const pattern = patternOf(search);
  const first = createdAfter === undefined ? null : firstAccountId(createdAfter);
  const bindings = {
    search: search.normalize('NFC'),
    rows: limit + 1,
    first,
    end: PAST_EVERY_ACCOUNT,
    after: after ?? null,
    email: email === undefined ? null : normalizeLogin(email),
    username: username === undefined ? null : normalizeLogin(username),
    budget,
  };
  const read = (found: string): Promise<(Row & Placed)[]> =>
    select(
      'found.place',
      `from (${found}) as found left join accounts on accounts.id = found.account_id order by found.place ${order}`,
      bindings,
    );
  if (email !== undefined || username !== undefined) {
    const conditions = [
      ...(email === undefined ? [] : ['email_normalized = :email']),
      ...(username === undefined ? [] : ['username_normalized = :username']),
      ...(disabled === undefined ? [] : [disabled ? 'disabled' : 'not disabled']),
      ...(first === null ? [] : ['id >= :first']),
      `position ${newestFirst ? '<' : '>'} ${place}`,
    ];
    const named = `with named as materialized (
        select position, id, search_text from accounts where ${conditions.join(' and ')}
      ) select position as place, id as account_id from named where search_text like ${pattern} limit :rows`;
    return pageOf(await read(named), limit);
  }
  const [low, high] = newestFirst ? ['0', `${place} - 1`] : [`${place} + 1`, ':end'];
  const find = disabled === true ? 'find_disabled_accounts' : 'find_accounts';
  const found = `select * from ${find}(
    ${pattern}, ${low}, ${high}, ${String(newestFirst)}, ${String(disabled !== false)}, :first, :rows, :budget)`;
  return pageOf(await read(found), limit);
}

function pageOf<Row>(found: readonly (Row & Placed)[], limit: number): SearchPage<Row & Placed> {
  const rows = found.filter(({ id }) => id !== null).slice(0, limit);
  const goOn = found.length > limit ? rows.at(-1) : found.find(({ id }) => id === null);
  return { rows, next: goOn && String(goOn.place) };
}

/** An account that is gone leaves the place of the one before it in the list. */
function placeOf(after: string, newestFirst: boolean): string {
  if (!isAccountId(after)) return ':after::bigint';
  return newestFirst
    ? 'coalesce((select position from accounts where id >= :after order by id limit 1), :end)'
    : 'coalesce((select position from accounts where id <= :after order by id desc limit 1), -1)';
}

/** Takes every sign of the text literally. */
function patternOf(search: string): string {
  const before = searchesBeginnings(search) ? '% ' : '%';
  return `'${before}' || regexp_replace(account_search_form(:search), '([\\\\%_])', '\\\\\\1', 'g') || '%'`;
}
