import type { Knex } from 'knex';

/** By which other providers people may sign in to a client; null: all. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table clients add column identity_providers text[]');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table clients drop column identity_providers');
}
