import type { Knex } from 'knex';

/** Whether the password was set by somebody else than the account's owner, who has to choose another one. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table accounts add column password_temporary boolean not null default false');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table accounts drop column password_temporary');
}
