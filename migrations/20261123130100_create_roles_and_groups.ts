import type { Knex } from 'knex';

/** Roles with their permissions, groups of people, and the roles that people have by their groups. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table roles (
      name text collate "C" constraint roles_pkey primary key,
      description text not null default '',
      permissions text[] not null default '{}',
      built_in boolean not null default false,
      source text not null default 'database',
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      constraint roles_name_not_empty_check check (name <> ''),
      constraint roles_source_check check (source in ('database', 'configuration'))
    )
  `);
  await knex.raw(`
    insert into roles (name, description, permissions, built_in) values (
      'admin',
      'May administer this provider',
      '{users:read,users:write,clients:read,clients:write,sessions:write,events:read,keys:write}',
      true
    )
  `);
  // Roles were free names until now: those that are in use go on, and permit nothing.
  await knex.raw('insert into roles (name) select distinct role from account_roles on conflict do nothing');
  await knex.raw(`
    alter table account_roles add constraint account_roles_role_fkey
      foreign key (role) references roles (name) on delete cascade
  `);
  await knex.raw(`
    create table groups (
      id uuid constraint groups_pkey primary key,
      name text not null,
      name_normalized text collate "C" not null constraint groups_name_normalized_key unique,
      description text not null default '',
      source text not null default 'database',
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      constraint groups_source_check check (source in ('database', 'configuration'))
    )
  `);
  await knex.raw(`
    create table group_members (
      group_id uuid not null
        constraint group_members_group_id_fkey references groups (id) on delete cascade,
      account_id uuid not null
        constraint group_members_account_id_fkey references accounts (id) on delete cascade,
      constraint group_members_pkey primary key (group_id, account_id)
    )
  `);
  // The groups of one account, at every look-up of it.
  await knex.raw('create index group_members_account_id_idx on group_members (account_id)');
  await knex.raw(`
    create table group_roles (
      group_id uuid not null
        constraint group_roles_group_id_fkey references groups (id) on delete cascade,
      role text collate "C" not null
        constraint group_roles_role_fkey references roles (name) on delete cascade,
      constraint group_roles_pkey primary key (group_id, role)
    )
  `);
  // The groups that confer a role: asked whenever administrators are counted, and when a role is deleted.
  await knex.raw('create index group_roles_role_idx on group_roles (role)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table account_roles drop constraint account_roles_role_fkey');
  await knex.raw('drop table group_roles');
  await knex.raw('drop table group_members');
  await knex.raw('drop table groups');
  await knex.raw('drop table roles');
}
