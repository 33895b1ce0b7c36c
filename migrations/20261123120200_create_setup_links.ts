import type { Knex } from 'knex';

/** The set-up link of an administrator: one row at most, so that a new link ends the one before it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table setup_links (
      singleton boolean not null default true,
      token_hash bytea not null,
      expires_at timestamptz not null,
      constraint setup_links_pkey primary key (singleton),
      constraint setup_links_singleton_check check (singleton)
    )
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table setup_links');
}
