import type { Knex } from 'knex';

/** The client that a link to sign in is for. Clients of the configuration file are in no table, hence no foreign key. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table account_links add column client_id text');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table account_links drop column client_id');
}
