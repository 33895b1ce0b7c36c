import type { Knex } from 'knex';

/** What an end user allowed a client. No foreign key to clients: some are declared in the configuration file. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table consents (
      account_id uuid not null,
      client_id text not null,
      scopes text[] not null,
      claims text[] not null,
      resource_scopes jsonb not null,
      granted_at timestamptz not null,
      constraint consents_pkey primary key (account_id, client_id),
      constraint consents_account_id_fkey foreign key (account_id) references accounts (id) on delete cascade
    )
  `);
  // All consents for a client, when it is deleted.
  await knex.raw('create index consents_client_id_index on consents (client_id)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table consents');
}
