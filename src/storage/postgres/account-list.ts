import type { Knex } from 'knex';
import { firstAccountId } from '../../domain/accounts/account-id.js';
import { searchesBeginnings } from '../../domain/accounts/account-search.js';
import type { AccountQuery } from '../../domain/accounts/account-store.js';
import { normalizeLogin } from '../../domain/accounts/normalize-login.js';

type Bindings = Record<string, Knex.RawBinding>;

/** Runs `select … from accounts` with what follows. */
export type SelectAccounts<Row> = (clause: string, bindings: Bindings) => Promise<Row[]>;

/** Accounts behind the cursor among which a text is looked for first, one by one. */
const NEAREST = 400;
/** As many are looked through where the text is common among the nearest; then the index has to find it after all. */
const NEAR = 20_000;
/** So many of the nearest, at least, make a text common. */
const COMMON = 2;

/**
 * Reads a page of accounts, and one account beyond it where there are more.
 *
 * A search has two ways: to walk in the order of the page until it is full, which is quick for common texts, and the index
 * of trigrams, which has to collect all that it finds and is quick for rare ones. How common a text is where the page
 * begins is seen by walking a little. Left to choose by its statistics of the whole table, PostgreSQL walks to the end of
 * a million accounts for a text that only the newest have.
 */
export async function selectAccountPage<Row>(
  select: SelectAccounts<Row>,
  query: AccountQuery,
): Promise<Row[]> {
  const { newestFirst = false, search } = query;
  const { clauses, bindings } = conditionsOf(query);
  const ordered = `order by id ${newestFirst ? 'desc' : 'asc'}`;
  const page = `${ordered} limit :rows`;
  const all: Bindings = { ...bindings, rows: query.limit + 1 };
  const where = (conditions: readonly string[]): string =>
    conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  if (search === undefined) return select(`${where(clauses)} ${page}`, all);

  const matching = matchingClause(search);
  const searched: Bindings = { ...all, search: search.normalize('NFC') };
  const walk = (most: number): Promise<Row[]> =>
    select(
      `where id in (
         select id from (select id, search_text from accounts ${where(clauses)} ${ordered} limit :most) as near
         where ${matching} ${page}
       ) ${ordered}`,
      { ...searched, most },
    );
  const nearest = await walk(NEAREST);
  if (nearest.length > query.limit) return nearest;
  if (nearest.length >= COMMON) {
    const near = await walk(NEAR);
    if (near.length > query.limit) return near;
  }
  return select(
    `where id in (
       with found as materialized (select id from accounts ${where([...clauses, matching])})
       select id from found ${page}
     ) ${ordered}`,
    searched,
  );
}

/** Served by accounts_pkey, the unique keys and accounts_disabled_index. */
function conditionsOf(query: AccountQuery): {
  readonly clauses: readonly string[];
  readonly bindings: Bindings;
} {
  const { after, newestFirst = false, email, username, disabled, createdAfter } = query;
  const normalized = (login: string | undefined): string | undefined =>
    login === undefined ? undefined : normalizeLogin(login);
  const conditions: readonly (readonly [clause: string, name: string, value: Knex.RawBinding | undefined])[] =
    [
      [newestFirst ? 'id < :after' : 'id > :after', 'after', after],
      ['email_normalized = :email', 'email', normalized(email)],
      ['username_normalized = :username', 'username', normalized(username)],
      ['disabled = :disabled', 'disabled', disabled],
      ['id >= :first', 'first', createdAfter === undefined ? undefined : firstAccountId(createdAfter)],
    ];
  const used = conditions.filter(([, , value]) => value !== undefined);
  return {
    clauses: used.map(([clause]) => clause),
    bindings: Object.fromEntries(used.map(([, name, value]) => [name, value ?? null])),
  };
}

/** Takes every sign of the text literally. PostgreSQL folds the pattern into a constant, and so can use the index. */
function matchingClause(search: string): string {
  const before = searchesBeginnings(search) ? '% ' : '%';
  return `search_text like '${before}' || regexp_replace(account_search_form(:search), '([\\\\%_])', '\\\\\\1', 'g') || '%'`;
}
