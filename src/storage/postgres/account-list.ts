import type { Knex } from 'knex';
import { firstAccountId } from '../../domain/accounts/account-id.js';
import type { AccountFilter, AccountQuery } from '../../domain/accounts/account-store.js';
import { normalizeLogin } from '../../domain/accounts/normalize-login.js';

type Bindings = Record<string, Knex.RawBinding>;

/** Runs `select … from accounts` with what follows. */
export type SelectAccounts<Row> = (clause: string, bindings: Bindings) => Promise<Row[]>;

/** The conditions of a list, and the place in it where a page begins. */
type Conditions = AccountFilter & Pick<AccountQuery, 'after' | 'newestFirst'>;

/** Counts the accounts of a list, as far as a number. */
export async function countAccountRows(knex: Knex, filter: AccountFilter, atMost: number): Promise<number> {
  const { where, bindings } = whereOf(filter);
  const { rows } = await knex.raw<{ rows: { count: number }[] }>(
    `select count(*)::integer from (select from accounts ${where} limit :atMost) as counted`,
    { ...bindings, atMost },
  );
  return rows[0]?.count ?? 0;
}

/** Reads a page of accounts by id, and one account beyond it where there are more. */
export async function selectAccountPage<Row>(
  select: SelectAccounts<Row>,
  query: AccountQuery,
): Promise<Row[]> {
  const { where, bindings } = whereOf(query);
  return select(`${where} order by id ${query.newestFirst ? 'desc' : 'asc'} limit :rows`, {
    ...bindings,
    rows: query.limit + 1,
  });
}

function whereOf(conditionsOfList: Conditions): { readonly where: string; readonly bindings: Bindings } {
  const { after, newestFirst = false, email, username, disabled, createdAfter } = conditionsOfList;
  const normalized = (login: string | undefined): string | undefined =>
    login === undefined ? undefined : normalizeLogin(login);
  // Served by accounts_pkey, the unique keys and accounts_disabled_index.
  const conditions: readonly (readonly [clause: string, name: string, value: Knex.RawBinding | undefined])[] =
    [
      [newestFirst ? 'id < :after' : 'id > :after', 'after', after],
      ['email_normalized = :email', 'email', normalized(email)],
      ['username_normalized = :username', 'username', normalized(username)],
      ['disabled = :disabled', 'disabled', disabled],
      ['id >= :first', 'first', createdAfter === undefined ? undefined : firstAccountId(createdAfter)],
    ];
  const used = conditions.filter(([, , value]) => value !== undefined);
  const where = used.length === 0 ? '' : `where ${used.map(([clause]) => clause).join(' and ')}`;
  return { where, bindings: Object.fromEntries(used.map(([, name, value]) => [name, value ?? null])) };
}
