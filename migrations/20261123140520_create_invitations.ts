import type { Knex } from 'knex';

/** People whom administrators have invited to create an account. */
export async function up(knex: Knex): Promise<void> {
  // The unique address lets a new invitation take the place of the one before it.
  await knex.raw(`
    create table invitations (
      id uuid not null,
      email_hash bytea not null,
      token_hash bytea not null,
      sealed bytea not null,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      constraint invitations_pkey primary key (id),
      constraint invitations_email_hash_key unique (email_hash),
      constraint invitations_token_hash_key unique (token_hash)
    )
  `);
  // What has expired is removed every minute.
  await knex.raw('create index invitations_expires_at_index on invitations (expires_at)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table invitations');
}
