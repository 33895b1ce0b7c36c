import type { Knex } from 'knex';

/** Clients to which nobody signs in whose email address is not verified. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table clients add column require_verified_email boolean not null default false');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table clients drop column require_verified_email');
}
