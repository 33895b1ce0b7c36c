import type { Knex } from 'knex';

/** What the administrator may do who was told a link: an account that may do more is not opened by it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table account_links add column grantor_permissions text[]');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table account_links drop column grantor_permissions');
}
