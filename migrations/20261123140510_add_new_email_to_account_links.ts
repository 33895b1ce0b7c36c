import type { Knex } from 'knex';

/** The address that an account gets when the link to it is followed. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table account_links add column new_email text');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table account_links drop column new_email');
}
