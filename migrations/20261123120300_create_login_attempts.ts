import type { Knex } from 'knex';

/**
 * Tries to sign in, counted by hashes of accounts, names and networks, and the networks at which an account has
 * signed in. Rows are short-lived and updated in place, hence the room left on each page.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table login_attempts (
      key bytea not null,
      attempts integer not null,
      allowed integer not null,
      strikes smallint not null,
      resets_at timestamptz not null,
      constraint login_attempts_pkey primary key (key)
    ) with (fillfactor = 70)
  `);
  // Purging reads by time.
  await knex.raw('create index login_attempts_resets_at_index on login_attempts (resets_at)');
  await knex.raw(`
    create table login_networks (
      key bytea not null,
      expires_at timestamptz not null,
      constraint login_networks_pkey primary key (key)
    )
  `);
  // Purging reads by time.
  await knex.raw('create index login_networks_expires_at_index on login_networks (expires_at)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table login_networks');
  await knex.raw('drop table login_attempts');
}
