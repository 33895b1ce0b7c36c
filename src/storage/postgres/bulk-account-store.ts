import type { Knex } from 'knex';
import type { BulkAccountStore, TakenAccount } from '../../domain/accounts/bulk-account-store.js';
import { normalizeLogin } from '../../domain/accounts/normalize-login.js';
import { createAccountStore } from './account-store.js';

interface TakenRow {
  readonly id: string;
  readonly email_normalized: string;
  readonly username_normalized: string | null;
  readonly password_hash: string | null;
}

/** Each part is served by the index of its key. */
const FIND_TAKEN = `
  select id, email_normalized, username_normalized, password_hash from accounts
  where id = any(:ids::uuid[]) or email_normalized = any(:emails::text[]) or username_normalized = any(:usernames::text[])`;

const INSERT_ALL = `
  with given as (
    select * from jsonb_to_recordset(?::jsonb) as given (
      id uuid, email text, email_normalized text, email_verified boolean, username text, username_normalized text,
      profile jsonb, password_hash text, disabled boolean, version integer, created_at timestamptz,
      updated_at timestamptz, roles jsonb, groups jsonb
    )
  ), inserted as (
    insert into accounts (
      id, email, email_normalized, email_verified, username, username_normalized,
      profile, password_hash, disabled, version, created_at, updated_at
    )
    select
      id, email, email_normalized, email_verified, username, username_normalized,
      profile, password_hash, disabled, version, created_at, updated_at
    from given
    on conflict do nothing
    returning id
  ), with_roles as (
    insert into account_roles (account_id, role)
    select id, role from inserted join given using (id), jsonb_array_elements_text(roles) as role
  ), with_groups as (
    insert into group_members (group_id, account_id)
    select group_id::uuid, id from inserted join given using (id), jsonb_array_elements_text(groups) as group_id
  )
  select id from inserted`;

/**
 * Many accounts at a time in PostgreSQL.
 * @param knex the pool, or the transaction of a unit of work, where all writes belong
 */
export function createBulkAccountStore(knex: Knex): BulkAccountStore {
  return {
    async findTaken({ ids, emails, usernames }) {
      if (ids.length + emails.length + usernames.length === 0) return [];
      const { rows } = await knex.raw<{ rows: TakenRow[] }>(FIND_TAKEN, {
        ids: [...ids],
        emails: [...emails],
        usernames: [...usernames],
      });
      return rows.map(toTaken);
    },

    async insertAll(records) {
      if (records.length === 0) return new Set();
      const given = records.map(({ account, passwordHash }) => ({
        id: account.id,
        email: account.email,
        email_normalized: normalizeLogin(account.email),
        email_verified: account.emailVerified,
        username: account.username ?? null,
        username_normalized: account.username === undefined ? null : normalizeLogin(account.username),
        profile: account.profile,
        password_hash: passwordHash ?? null,
        disabled: account.disabled,
        version: account.version,
        created_at: account.createdAt,
        updated_at: account.updatedAt,
        roles: account.roles,
        groups: account.groups.map(({ id }) => id),
      }));
      const { rows } = await knex.raw<{ rows: { readonly id: string }[] }>(INSERT_ALL, [
        JSON.stringify(given),
      ]);
      return new Set(rows.map(({ id }) => id));
    },

    async listRecords({ limit, after }) {
      const { accounts } = await createAccountStore(knex).list({
        limit,
        ...(after !== undefined && { after }),
      });
      const { rows } = await knex.raw<{ rows: Pick<TakenRow, 'id' | 'password_hash'>[] }>(
        'select id, password_hash from accounts where id = any(:ids::uuid[])',
        { ids: accounts.map(({ id }) => id) },
      );
      const hashes = new Map(rows.map((row) => [row.id, row.password_hash ?? undefined]));
      return accounts.map((account) => ({ account, passwordHash: hashes.get(account.id) }));
    },
  };
}

function toTaken(row: TakenRow): TakenAccount {
  return {
    id: row.id,
    email: row.email_normalized,
    username: row.username_normalized ?? undefined,
    passwordHash: row.password_hash ?? undefined,
  };
}
