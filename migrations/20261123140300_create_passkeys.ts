import type { Knex } from 'knex';

/** Passkeys, and the challenges that wait for their answers. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table passkeys (
      id uuid not null,
      account_id uuid not null,
      credential_id bytea not null,
      public_key bytea not null,
      sign_count bigint not null,
      transports text[] not null,
      aaguid uuid not null,
      multi_device boolean not null,
      backed_up boolean not null,
      user_verified boolean not null,
      name text not null,
      created_at timestamptz not null,
      last_used_at timestamptz,
      constraint passkeys_pkey primary key (id),
      constraint passkeys_credential_id_key unique (credential_id),
      constraint passkeys_account_id_fkey foreign key (account_id) references accounts (id) on delete cascade
    )
  `);
  // Listed by account, the oldest first; ids sort by time.
  await knex.raw('create index passkeys_account_id_id_index on passkeys (account_id, id)');
  await knex.raw(`
    create table passkey_challenges (
      binding_hash bytea not null,
      challenge_hash bytea not null,
      expires_at timestamptz not null,
      constraint passkey_challenges_pkey primary key (binding_hash)
    )
  `);
  // What has expired is removed every minute.
  await knex.raw('create index passkey_challenges_expires_at_index on passkey_challenges (expires_at)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table passkey_challenges');
  await knex.raw('drop table passkeys');
}
