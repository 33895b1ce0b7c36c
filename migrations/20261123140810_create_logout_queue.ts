import type { Knex } from 'knex';

/**
 * Who is to be told that a session has ended. Whatever ends one, a logout, an administrator, a change of password, deletes
 * its row; the trigger hands it on within the same transaction, so that no way of ending a session can forget it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table ended_sessions (
      id bytea not null,
      payload bytea not null,
      account_id text not null,
      ended_at timestamptz not null default now(),
      constraint ended_sessions_pkey primary key (id)
    )
  `);
  await knex.raw(`
    create table logout_deliveries (
      id uuid not null default gen_random_uuid(),
      client_id text not null,
      account_id text not null,
      sid text,
      state text not null default 'pending',
      attempts integer not null default 0,
      next_attempt_at timestamptz not null,
      last_failure text,
      created_at timestamptz not null,
      constraint logout_deliveries_pkey primary key (id),
      constraint logout_deliveries_state_known check (state in ('pending', 'dead'))
    )
  `);
  // The queue: what is due first.
  await knex.raw(
    `create index logout_deliveries_due_index on logout_deliveries (next_attempt_at) where state = 'pending'`,
  );
  // The list, the newest first.
  await knex.raw('create index logout_deliveries_created_at_index on logout_deliveries (created_at, id)');
  await knex.raw(`
    create function hand_on_ended_session() returns trigger language plpgsql as $$
    begin
      insert into ended_sessions (id, payload, account_id) values (old.id, old.payload, old.account_id)
        on conflict (id) do nothing;
      perform pg_notify('latchkey_changes', 'logout:');
      return old;
    end
    $$
  `);
  // A session that has run out ends without anybody being told, as the specification leaves it.
  await knex.raw(`
    create trigger artifacts_session_ended after delete on artifacts for each row
      when (old.model = 'Session' and old.account_id is not null and (old.expires_at is null or old.expires_at > now()))
      execute function hand_on_ended_session()
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop trigger artifacts_session_ended on artifacts');
  await knex.raw('drop function hand_on_ended_session()');
  await knex.raw('drop table logout_deliveries');
  await knex.raw('drop table ended_sessions');
}
