import type { Knex } from 'knex';

/** The audit log: a chain of events that can only grow, and one row that says where it ends. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table audit_events (
      sequence bigint not null,
      id uuid not null,
      -- Milliseconds, as they are hashed: a finer digit could be changed unseen.
      at timestamptz(3) not null,
      type text not null,
      actor_kind text not null,
      actor_id text,
      subject_kind text,
      subject_id text,
      client_id text,
      address text,
      user_agent text,
      request_id text,
      details jsonb not null,
      hash bytea not null,
      constraint audit_events_pkey primary key (sequence),
      constraint audit_events_id_unique unique (id)
    )
  `);
  await knex.raw(`
    create table audit_chain (
      id smallint not null,
      sequence bigint not null,
      hash bytea not null,
      -- Proves that this row was written by somebody with the key; null before the first event.
      seal bytea,
      constraint audit_chain_pkey primary key (id),
      constraint audit_chain_one_row check (id = 1)
    )
  `);
  await knex.raw(
    `insert into audit_chain (id, sequence, hash) values (1, 0, decode(repeat('00', 32), 'hex'))`,
  );
  await knex.raw(`
    create function refuse_audit_change() returns trigger language plpgsql as $$
    begin
      raise exception '% is not allowed on %: the audit log only grows', tg_op, tg_table_name
        using errcode = 'restrict_violation';
    end
    $$
  `);
  await knex.raw(`
    create trigger audit_events_append_only before update or delete or truncate on audit_events
    for each statement execute function refuse_audit_change()
  `);
  await knex.raw(`
    create trigger audit_chain_stays before delete or truncate on audit_chain
    for each statement execute function refuse_audit_change()
  `);
  // Each filter of the list, newest first; the events of a user are those of the actor and of the subject.
  await knex.raw('create index audit_events_type_index on audit_events (type, sequence)');
  await knex.raw(
    'create index audit_events_actor_index on audit_events (actor_id, sequence) where actor_id is not null',
  );
  await knex.raw(
    'create index audit_events_subject_index on audit_events (subject_id, sequence) where subject_id is not null',
  );
  await knex.raw(
    'create index audit_events_client_index on audit_events (client_id, sequence) where client_id is not null',
  );
  await knex.raw('create index audit_events_at_index on audit_events (at)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table audit_events');
  await knex.raw('drop table audit_chain');
  await knex.raw('drop function refuse_audit_change()');
}
