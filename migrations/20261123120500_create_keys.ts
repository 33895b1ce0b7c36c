import type { Knex } from 'knex';

/** The data key and the signing keys, both sealed under keys that are not in the database. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table data_keys (
      id integer not null default 1,
      sealed bytea not null,
      created_at timestamptz not null default now(),
      constraint data_keys_pkey primary key (id),
      constraint data_keys_only_one check (id = 1)
    )
  `);
  await knex.raw(`
    create table signing_keys (
      kid text not null,
      algorithm text not null,
      sealed_private_jwk bytea not null,
      created_at timestamptz not null,
      retired_at timestamptz,
      constraint signing_keys_pkey primary key (kid),
      constraint signing_keys_algorithm_known check (algorithm in ('RS256', 'ES256', 'EdDSA'))
    )
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table signing_keys');
  await knex.raw('drop table data_keys');
}
