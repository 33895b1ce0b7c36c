import type { Knex } from 'knex';

/**
 * The oldest version of the program that may still run on this schema: the highest of these rows. A migration that takes
 * something away which a version before it needs adds a row, and its way back removes it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table schema_floors (
      migration text not null,
      oldest_version text not null,
      constraint schema_floors_pkey primary key (migration),
      constraint schema_floors_oldest_version_check check (oldest_version ~ '^[0-9]+[.][0-9]+[.][0-9]+$')
    )
  `);
  await knex.raw(
    `insert into schema_floors (migration, oldest_version) values ('20261128150000_record_schema_floor', '0.1.0')`,
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table schema_floors');
}
