import type { Knex } from 'knex';

/** Mails that were given up are counted whenever somebody reads the metrics. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw("create index mail_outbox_dead_index on mail_outbox (id) where state = 'dead'");
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index mail_outbox_dead_index');
}
