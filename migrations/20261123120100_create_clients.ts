import type { Knex } from 'knex';

/** The relying parties and services that this provider knows, and the hashes of their secrets. */
export async function up(knex: Knex): Promise<void> {
  // Ids are compared and sorted by bytes ("C"), so that a page ends where the program says it does in every locale.
  await knex.raw(`
    create table clients (
      client_id text collate "C" not null,
      name text not null,
      type text not null,
      redirect_uris text[] not null,
      post_logout_redirect_uris text[] not null,
      backchannel_logout_uri text,
      scopes text[] not null,
      resources text[] not null,
      allowed_origins text[] not null,
      first_party boolean not null,
      metadata jsonb not null,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      constraint clients_pkey primary key (client_id),
      constraint clients_type_check check (type in ('web', 'spa', 'native', 'service', 'device')),
      constraint clients_metadata_check check (jsonb_typeof(metadata) = 'object')
    )
  `);
  await knex.raw(`
    create table client_secrets (
      id text not null,
      client_id text collate "C" not null,
      hash text not null,
      created_at timestamptz not null,
      expires_at timestamptz,
      constraint client_secrets_pkey primary key (id),
      constraint client_secrets_client_id_fkey
        foreign key (client_id) references clients (client_id) on delete cascade
    )
  `);
  // The secrets of one client, at every look-up of it and when it is deleted.
  await knex.raw('create index client_secrets_client_id_index on client_secrets (client_id)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table client_secrets');
  await knex.raw('drop table clients');
}
