import type { Knex } from 'knex';

/** When a key begins to sign: it is published before, so that whoever verifies has it by then. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table signing_keys add column signs_from timestamptz');
  await knex.raw('update signing_keys set signs_from = created_at');
  await knex.raw('alter table signing_keys alter column signs_from set not null');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table signing_keys drop column signs_from');
}
