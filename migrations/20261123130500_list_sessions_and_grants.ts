import type { Knex } from 'knex';

/** The lists of all sessions and of all grants, the newest first, page by page. */
export async function up(knex: Knex): Promise<void> {
  // By uid, since the id of a session changes at each sign-in.
  await knex.raw(`
    create index artifacts_sessions_index on artifacts (created_at, uid)
    where model = 'Session' and account_id is not null
  `);
  await knex.raw(`
    create index artifacts_grants_index on artifacts (created_at, id)
    where model = 'Grant' and account_id is not null
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index artifacts_grants_index');
  await knex.raw('drop index artifacts_sessions_index');
}
