import type { Knex } from 'knex';

/**
 * Stands in the keys by which sessions, grants, codes and tokens are kept: a new value ends all that were issued before,
 * wherever they are kept. Null: since the first start.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table data_keys add column issuance_epoch uuid');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table data_keys drop column issuance_epoch');
}
