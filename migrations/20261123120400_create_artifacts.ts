import type { Knex } from 'knex';

/** Sessions, grants, codes, tokens and interactions of the protocol: ids are keyed hashes, payloads are sealed. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table artifacts (
      id bytea not null,
      model text not null,
      payload bytea not null,
      version integer not null default 1,
      grant_id bytea,
      uid bytea,
      user_code bytea,
      session_uid bytea,
      account_id text,
      client_id text,
      expires_at timestamptz,
      consumed_at timestamptz,
      created_at timestamptz not null default now(),
      constraint artifacts_pkey primary key (id)
    ) with (
      -- Rows are rewritten in place (consumption, sessions) and die young.
      fillfactor = 85,
      autovacuum_vacuum_scale_factor = 0.02,
      autovacuum_vacuum_threshold = 1000
    )
  `);
  // Revocation of all that a grant yielded.
  await knex.raw('create index artifacts_grant_id_index on artifacts (grant_id) where grant_id is not null');
  // Tokens bound to a session join it by uid; one uid is one session (parallel tabs must not fork it).
  await knex.raw('create unique index artifacts_uid_unique on artifacts (uid) where uid is not null');
  // A person types a user code.
  await knex.raw(
    'create unique index artifacts_user_code_unique on artifacts (user_code) where user_code is not null',
  );
  // Sessions and grants of an account, when it is disabled or deleted.
  await knex.raw(
    'create index artifacts_account_id_index on artifacts (account_id) where account_id is not null',
  );
  // Grants of a client, when it is deleted.
  await knex.raw(
    'create index artifacts_client_id_index on artifacts (client_id) where client_id is not null',
  );
  // Purging walks the oldest first.
  await knex.raw(
    'create index artifacts_expires_at_index on artifacts (expires_at) where expires_at is not null',
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table artifacts');
}
