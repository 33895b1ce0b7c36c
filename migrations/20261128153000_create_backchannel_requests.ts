import type { Knex } from 'knex';

/**
 * Requests of applications that a person answers on another device (CIBA), and the applications that wait to be told of the
 * answer. What was asked is sealed, with the id by which the application gets its tokens.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table backchannel_requests (
      id uuid not null,
      account_id uuid not null,
      client_id text not null,
      sealed_request bytea not null,
      state text not null default 'pending',
      created_at timestamptz not null,
      expires_at timestamptz not null,
      ping_at timestamptz,
      ping_attempts integer not null default 0,
      constraint backchannel_requests_pkey primary key (id),
      constraint backchannel_requests_account_fkey foreign key (account_id) references accounts (id) on delete cascade,
      constraint backchannel_requests_state_known check (state in ('pending', 'allowed', 'denied'))
    )
  `);
  // The list of one person, and how often the person was asked lately.
  await knex.raw(
    'create index backchannel_requests_account_index on backchannel_requests (account_id, created_at)',
  );
  // The queue of those who are to be told, what is due first.
  await knex.raw(
    'create index backchannel_requests_ping_index on backchannel_requests (ping_at) where ping_at is not null',
  );
  // What is over is removed.
  await knex.raw('create index backchannel_requests_expires_index on backchannel_requests (expires_at)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table backchannel_requests');
}
