import type { Knex } from 'knex';

/** Clients that registered themselves, and the tokens that let applications do so. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table clients add column self_registered boolean not null default false');
  await knex.raw(`
    create table initial_access_tokens (
      id uuid not null,
      token_hash bytea not null,
      name text not null,
      policy jsonb not null,
      max_uses integer not null,
      uses integer not null,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      last_used_at timestamptz,
      constraint initial_access_tokens_pkey primary key (id),
      constraint initial_access_tokens_token_hash_key unique (token_hash),
      constraint initial_access_tokens_uses_check check (uses between 0 and max_uses)
    )
  `);
  // What expired long ago is removed every minute.
  await knex.raw('create index initial_access_tokens_expires_at_index on initial_access_tokens (expires_at)');
  // No foreign key to the token: it may be revoked or forgotten while what registered by it stays.
  await knex.raw(`
    create table client_registrations (
      client_id text collate "C" not null,
      access_token_hash bytea not null,
      initial_access_token_id uuid,
      policy jsonb not null,
      registered_at timestamptz not null,
      used_at timestamptz,
      constraint client_registrations_pkey primary key (client_id),
      constraint client_registrations_client_id_fkey
        foreign key (client_id) references clients (client_id) on delete cascade
    )
  `);
  // Those that were never used: counted at each registration without a token, and removed after some days.
  await knex.raw(
    'create index client_registrations_unused_index on client_registrations (registered_at) where used_at is null',
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table client_registrations');
  await knex.raw('drop table initial_access_tokens');
  await knex.raw('alter table clients drop column self_registered');
}
