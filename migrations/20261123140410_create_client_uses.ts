import type { Knex } from 'knex';

/** When a client last used an account. No foreign key to clients: some are declared in the configuration file. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table client_uses (
      account_id uuid not null,
      client_id text not null,
      last_used_at timestamptz not null,
      constraint client_uses_pkey primary key (account_id, client_id),
      constraint client_uses_account_id_fkey foreign key (account_id) references accounts (id) on delete cascade
    )
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table client_uses');
}
