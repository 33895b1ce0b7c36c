import type { Knex } from 'knex';

/** End users and the roles that they hold. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table accounts (
      id uuid constraint accounts_pkey primary key,
      email text not null,
      email_normalized text not null constraint accounts_email_normalized_key unique,
      email_verified boolean not null default false,
      username text,
      username_normalized text constraint accounts_username_normalized_key unique,
      profile jsonb not null default '{}',
      password_hash text,
      disabled boolean not null default false,
      version integer not null default 1,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      constraint accounts_username_with_normalized_check
        check ((username is null) = (username_normalized is null)),
      constraint accounts_profile_is_object_check check (jsonb_typeof(profile) = 'object'),
      constraint accounts_version_positive_check check (version > 0)
    )
  `);
  await knex.raw(`
    comment on column accounts.version is 'Raised by every update, which names the version it read: no lost update.'
  `);
  await knex.raw(`
    create table account_roles (
      account_id uuid not null
        constraint account_roles_account_id_fkey references accounts (id) on delete cascade,
      role text not null constraint account_roles_role_not_empty_check check (role <> ''),
      constraint account_roles_pkey primary key (account_id, role)
    )
  `);
  // Who holds a role: asked whenever an administrator is disabled, deleted or loses the role.
  await knex.raw('create index account_roles_role_idx on account_roles (role)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table account_roles');
  await knex.raw('drop table accounts');
}
