import type { Knex } from 'knex';

/**
 * Which session or sign-in an authenticator is being set up in: its key is shown nowhere else. Those of before, without
 * one, are begun anew.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table totp_authenticators add column binding_hash bytea');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table totp_authenticators drop column binding_hash');
}
