import type { Knex } from 'knex';

/** When an account is deleted, as its owner wished. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table accounts add column deletion_due_at timestamptz');
  // Looked for every minute, and few.
  await knex.raw(
    'create index accounts_deletion_due_at_index on accounts (deletion_due_at) where deletion_due_at is not null',
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table accounts drop column deletion_due_at');
}
