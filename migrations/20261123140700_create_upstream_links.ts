import type { Knex } from 'knex';

/** People of other providers who sign in here, and sign-ins that are under way there. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table upstream_links (
      id uuid not null,
      account_id uuid not null,
      provider_id text not null,
      issuer text not null,
      subject text not null,
      email text,
      created_at timestamptz not null,
      last_used_at timestamptz,
      constraint upstream_links_pkey primary key (id),
      constraint upstream_links_account_id_fkey foreign key (account_id) references accounts (id) on delete cascade,
      constraint upstream_links_issuer_subject_key unique (issuer, subject)
    )
  `);
  // All of an account are listed together.
  await knex.raw('create index upstream_links_account_id_index on upstream_links (account_id)');
  await knex.raw(`
    create table upstream_requests (
      token_hash bytea not null,
      content_sealed bytea not null,
      expires_at timestamptz not null,
      constraint upstream_requests_pkey primary key (token_hash)
    )
  `);
  // What has expired is removed every minute.
  await knex.raw('create index upstream_requests_expires_at_index on upstream_requests (expires_at)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table upstream_requests');
  await knex.raw('drop table upstream_links');
}
