import type { Knex } from 'knex';

/** Whose session at another provider a `sid` names, so that its logout ends the sessions here that came from it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table upstream_sids (
      sid_hash bytea not null,
      account_id uuid not null,
      expires_at timestamptz not null,
      constraint upstream_sids_pkey primary key (sid_hash),
      constraint upstream_sids_account_id_fkey foreign key (account_id) references accounts (id) on delete cascade
    )
  `);
  // An account that is deleted takes its own along.
  await knex.raw('create index upstream_sids_account_id_index on upstream_sids (account_id)');
  // What has expired is removed every minute.
  await knex.raw('create index upstream_sids_expires_at_index on upstream_sids (expires_at)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table upstream_sids');
}
