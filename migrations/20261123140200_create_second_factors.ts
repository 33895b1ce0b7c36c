import type { Knex } from 'knex';

/** Second factors: authenticators, recovery codes, and browsers that are not asked again. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table totp_authenticators (
      id uuid not null,
      account_id uuid not null,
      name text not null,
      secret_sealed bytea not null,
      last_step bigint,
      created_at timestamptz not null,
      confirmed_at timestamptz,
      last_used_at timestamptz,
      constraint totp_authenticators_pkey primary key (id),
      constraint totp_authenticators_account_id_fkey foreign key (account_id) references accounts (id) on delete cascade
    )
  `);
  // One that counts and one that is being set up, at most.
  await knex.raw(`
    create unique index totp_authenticators_account_unique on totp_authenticators (account_id, (confirmed_at is not null))
  `);
  await knex.raw(`
    create table recovery_codes (
      account_id uuid not null,
      code_hash bytea not null,
      active boolean not null,
      created_at timestamptz not null,
      used_at timestamptz,
      constraint recovery_codes_pkey primary key (account_id, code_hash),
      constraint recovery_codes_account_id_fkey foreign key (account_id) references accounts (id) on delete cascade
    )
  `);
  await knex.raw(`
    create table remembered_devices (
      token_hash bytea not null,
      account_id uuid not null,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      constraint remembered_devices_pkey primary key (token_hash),
      constraint remembered_devices_account_id_fkey foreign key (account_id) references accounts (id) on delete cascade
    )
  `);
  // All of an account end together.
  await knex.raw('create index remembered_devices_account_id_index on remembered_devices (account_id)');
  // What has expired is removed every minute.
  await knex.raw('create index remembered_devices_expires_at_index on remembered_devices (expires_at)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table remembered_devices');
  await knex.raw('drop table recovery_codes');
  await knex.raw('drop table totp_authenticators');
}
