import type { Knex } from 'knex';

/**
 * When an account was last revoked, as a number that only grows: what is kept in Redis of the account's sign-ins says
 * which of them it has seen, since no transaction reaches it there.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('create sequence artifact_revocation_epochs');
  await knex.raw(`
    create table artifact_revocations (
      account_id text not null,
      epoch bigint not null default nextval('artifact_revocation_epochs'),
      -- The interaction in which the owner asked for it: it goes on.
      kept_id bytea,
      revoked_at timestamptz not null default now(),
      constraint artifact_revocations_pkey primary key (account_id)
    )
  `);
  // Purging reads by time.
  await knex.raw('create index artifact_revocations_revoked_at_index on artifact_revocations (revoked_at)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table artifact_revocations');
  await knex.raw('drop sequence artifact_revocation_epochs');
}
