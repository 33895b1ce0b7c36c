import type { Knex } from 'knex';

/** Clients to which nobody signs in with one factor. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table clients add column require_second_factor boolean not null default false');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table clients drop column require_second_factor');
}
