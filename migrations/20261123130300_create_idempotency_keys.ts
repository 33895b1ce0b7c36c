import type { Knex } from 'knex';

/** Requests of the REST API that were sent with an Idempotency-Key. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table idempotency_keys (
      key bytea not null,
      request bytea not null,
      answer jsonb,
      created_at timestamptz not null default now(),
      constraint idempotency_keys_pkey primary key (key)
    )
  `);
  // Purging walks the oldest first.
  await knex.raw('create index idempotency_keys_created_at_index on idempotency_keys (created_at)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table idempotency_keys');
}
