import type { Knex } from 'knex';

/** Mails that units of work send: written with the change that causes them, delivered afterwards. */
export async function up(knex: Knex): Promise<void> {
  // The payload holds addresses and live links, so it is sealed, and goes when it has no more use.
  await knex.raw(`
    create table mail_outbox (
      id uuid not null,
      kind text not null,
      account_id uuid,
      recipient_hash bytea not null,
      sealed_payload bytea,
      state text not null,
      attempts integer not null,
      last_error text,
      created_at timestamptz not null,
      next_attempt_at timestamptz not null,
      expires_at timestamptz not null,
      settled_at timestamptz,
      constraint mail_outbox_pkey primary key (id),
      constraint mail_outbox_account_id_fkey foreign key (account_id) references accounts (id) on delete set null,
      constraint mail_outbox_state_check check (state in ('pending', 'sent', 'dead'))
    )
  `);
  // What is due; the rest of the table is history.
  await knex.raw(
    "create index mail_outbox_due_index on mail_outbox (next_attempt_at) where state = 'pending'",
  );
  await knex.raw(
    'create index mail_outbox_recipient_index on mail_outbox (recipient_hash, kind, settled_at)',
  );
  await knex.raw(
    'create index mail_outbox_account_id_index on mail_outbox (account_id) where account_id is not null',
  );
  await knex.raw('create index mail_outbox_settled_at_index on mail_outbox (settled_at)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table mail_outbox');
}
