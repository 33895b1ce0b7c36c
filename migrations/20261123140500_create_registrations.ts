import type { Knex } from 'knex';

/** People who signed up and have not shown yet that the mailbox is theirs. */
export async function up(knex: Knex): Promise<void> {
  // The unique address lets a new registration take the place of the one before it.
  await knex.raw(`
    create table registrations (
      id uuid not null,
      email_hash bytea not null,
      browser_hash bytea not null,
      token_hash bytea not null,
      code_hash bytea not null,
      sealed bytea not null,
      expires_at timestamptz not null,
      constraint registrations_pkey primary key (id),
      constraint registrations_email_hash_key unique (email_hash),
      constraint registrations_browser_hash_key unique (browser_hash),
      constraint registrations_token_hash_key unique (token_hash)
    )
  `);
  // What has expired is removed every minute.
  await knex.raw('create index registrations_expires_at_index on registrations (expires_at)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table registrations');
}
