import type { Knex } from 'knex';

/** Who may sign in to a client; both lists empty: everybody. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table clients
      add column allowed_roles text[] not null default '{}',
      add column allowed_groups text[] not null default '{}'
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table clients drop column allowed_roles, drop column allowed_groups');
}
