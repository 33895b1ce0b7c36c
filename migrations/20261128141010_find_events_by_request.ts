import type { Knex } from 'knex';

/** An error page shows a reference, the id of its request: by it somebody finds what the request did. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(
    'create index audit_events_request_index on audit_events (request_id, sequence) where request_id is not null',
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index audit_events_request_index');
}
