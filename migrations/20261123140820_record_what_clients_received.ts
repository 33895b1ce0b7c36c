import type { Knex } from 'knex';

/** What of an account a client has received, as it was then, and when. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`alter table client_uses add column received jsonb not null default '{}'`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table client_uses drop column received');
}
