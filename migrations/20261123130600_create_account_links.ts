import type { Knex } from 'knex';

/** Links by which the owner of an account resets the password or verifies the email. */
export async function up(knex: Knex): Promise<void> {
  // The primary key lets a new link of an account end the one before it.
  await knex.raw(`
    create table account_links (
      account_id uuid not null,
      purpose text not null,
      token_hash bytea not null,
      email_normalized text not null,
      expires_at timestamptz not null,
      constraint account_links_pkey primary key (account_id, purpose),
      constraint account_links_account_id_fkey foreign key (account_id) references accounts (id) on delete cascade,
      constraint account_links_token_hash_key unique (token_hash)
    )
  `);
  // What has expired is removed every minute.
  await knex.raw('create index account_links_expires_at_index on account_links (expires_at)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table account_links');
}
