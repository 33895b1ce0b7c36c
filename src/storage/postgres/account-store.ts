import type { Knex } from 'knex';
import { isAccountId } from '../../domain/accounts/account-id.js';
import type { Account } from '../../domain/accounts/account.js';
import { LostUpdateError, type AccountStore } from '../../domain/accounts/account-store.js';
import { normalizeLogin, normalizeTypedLogin } from '../../domain/accounts/normalize-login.js';
import { DomainError } from '../../domain/errors.js';
import { ACCOUNT_COLUMNS, SELECT_ACCOUNT, toAccount, type AccountRow } from './account-row.js';
import { countAccountRows, selectAccountPage } from './account-list.js';
import { COUNT_BUDGET, searchAccountPage, type Placed, type SelectPlaced } from './account-search.js';
import { refusingUnknownRoles } from './refuse-unknown-roles.js';

const UNIQUE_VIOLATION = '23505';

/**
 * Accounts in PostgreSQL. A write of several statements is atomic only in a unit of work, where all writes belong.
 * @param knex the pool, or the transaction of a unit of work
 */
export function createAccountStore(knex: Knex): AccountStore {
  const select = async (clause: string, bindings: Record<string, Knex.RawBinding>): Promise<AccountRow[]> =>
    (await knex.raw<{ rows: AccountRow[] }>(`${SELECT_ACCOUNT} ${clause}`, bindings)).rows;

  const selectPlaced: SelectPlaced<AccountRow> = async (columns, from, bindings) =>
    (
      await knex.raw<{ rows: (AccountRow & Placed)[] }>(
        `select ${columns}, ${ACCOUNT_COLUMNS} ${from}`,
        bindings,
      )
    ).rows;

  const findById = async (id: string): Promise<Account | undefined> => {
    if (!isAccountId(id)) return undefined;
    const [row] = await select('where id = :id', { id });
    return row && toAccount(row);
  };

  const insertRoles = async (transaction: Knex, { id, roles }: Account): Promise<void> => {
    if (roles.length === 0) return;
    await refusingUnknownRoles(roles, () =>
      transaction('account_roles').insert(roles.map((role) => ({ account_id: id, role }))),
    );
  };

  return {
    findById,

    async findForUpdate(id) {
      if (!isAccountId(id)) return undefined;
      // A statement of its own: after waiting for the lock, the roles too must be read as they are by then.
      await knex.raw('select from accounts where id = ? for update', [id]);
      return findById(id);
    },

    async findByLogin(login) {
      const normalized = normalizeTypedLogin(login);
      if (normalized === undefined) return undefined;
      const column = normalized.includes('@') ? 'email_normalized' : 'username_normalized';
      const [row] = await select(`where ${column} = :normalized`, { normalized });
      return row && { account: toAccount(row), passwordHash: row.password_hash ?? undefined };
    },

    async list(query) {
      const { limit, search } = query;
      if (search !== undefined) {
        const { rows, next } = await searchAccountPage(selectPlaced, { ...query, search });
        return { accounts: rows.map(toAccount), next };
      }
      const rows = await selectAccountPage(select, query);
      const accounts = rows.slice(0, limit).map(toAccount);
      return { accounts, next: rows.length > limit ? accounts.at(-1)?.id : undefined };
    },

    async count({ search, ...filter }, atMost) {
      if (search === undefined) {
        const count = await countAccountRows(knex, filter, atMost + 1);
        return { count: Math.min(count, atMost), isCapped: count > atMost };
      }
      const selectIds: SelectPlaced<object> = async (columns, from, bindings) =>
        (await knex.raw<{ rows: Placed[] }>(`select ${columns}, accounts.id ${from}`, bindings)).rows;
      const { rows, next } = await searchAccountPage(
        selectIds,
        { ...filter, search, limit: atMost },
        COUNT_BUDGET,
      );
      return { count: rows.length, isCapped: next !== undefined };
    },

    async insert({ account, passwordHash }) {
      await namingTakenField(() =>
        knex.transaction(async (transaction) => {
          await transaction('accounts').insert({
            id: account.id,
            ...toColumns(account),
            password_hash: passwordHash ?? null,
            password_temporary: account.passwordTemporary ?? false,
            created_at: account.createdAt,
          });
          await insertRoles(transaction, account);
        }),
      );
    },

    async update(account) {
      await namingTakenField(() =>
        knex.transaction(async (transaction) => {
          const before = { id: account.id, version: account.version - 1 };
          const count = await transaction('accounts').where(before).update(toColumns(account));
          if (count === 0) {
            const exists = (await transaction('accounts').where({ id: account.id }).pluck('id')).length > 0;
            throw exists ? new LostUpdateError() : notFound();
          }
          await transaction('account_roles').where({ account_id: account.id }).delete();
          await insertRoles(transaction, account);
        }),
      );
    },

    async setPasswordHash(id, passwordHash, temporary = false) {
      const columns = { password_hash: passwordHash, password_temporary: temporary };
      const count = await knex('accounts').where({ id }).update(columns);
      if (count === 0) throw notFound();
    },

    async replacePasswordHash(id, expected, passwordHash) {
      const unchanged = knex('accounts').where({ id, password_hash: expected });
      return (await unchanged.update({ password_hash: passwordHash })) > 0;
    },

    async remove(id) {
      if (!isAccountId(id)) return false;
      return (await knex('accounts').where({ id }).delete()) > 0;
    },

    async listDeletionDue(at, limit) {
      return knex<AccountRow>('accounts')
        .where('deletion_due_at', '<=', at)
        .orderBy('deletion_due_at')
        .limit(limit)
        .pluck('id');
    },

    async countEnabledWithRole(role) {
      // One lock for all who count holders of the role, in a statement of its own: after waiting for it, accounts,
      // roles and groups must be read as they are by then. Who is given the role meanwhile need not wait.
      await knex.raw('select from roles where name = ? for no key update', [role]);
      const { rows } = await knex.raw<{ rows: unknown[] }>(
        `select from accounts
         where not disabled and deletion_due_at is null and (
           id in (select account_id from account_roles where role = :role)
           or id in (
             select account_id from group_members join group_roles using (group_id) where role = :role
           )
         )
         order by id for update`,
        { role },
      );
      return rows.length;
    },
  };
}

function toColumns(account: Account) {
  return {
    email: account.email,
    email_normalized: normalizeLogin(account.email),
    email_verified: account.emailVerified,
    username: account.username ?? null,
    username_normalized: account.username === undefined ? null : normalizeLogin(account.username),
    profile: JSON.stringify(account.profile),
    disabled: account.disabled,
    deletion_due_at: account.deletionDueAt ?? null,
    version: account.version,
    updated_at: account.updatedAt,
  };
}

async function namingTakenField(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const field = takenField(error);
    if (field === undefined) throw error;
    throw new DomainError('already_exists', `There is an account with this ${field} already.`, [
      { field, code: 'taken', detail: `Another account has this ${field} already; choose another one.` },
    ]);
  }
}

/** Constraints are named after their columns. */
function takenField(error: unknown): 'email' | 'username' | undefined {
  if (!(error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION)) return undefined;
  const constraint = 'constraint' in error && typeof error.constraint === 'string' ? error.constraint : '';
  if (constraint.includes('email')) return 'email';
  return constraint.includes('username') ? 'username' : undefined;
}

function notFound(): DomainError {
  return new DomainError('not_found', 'There is no such account.');
}
