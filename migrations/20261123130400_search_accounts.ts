import type { Knex } from 'knex';

/** Search among users by any part of their email, username or name, and the list of disabled ones. */
export async function up(knex: Knex): Promise<void> {
  // Trusted: the owner of the database may create it.
  await knex.raw('create extension if not exists pg_trgm');
  // What is beyond ASCII becomes digits (ü is \303\274): in a database of the locale C, pg_trgm passes over all other letters.
  await knex.raw(String.raw`
    create function account_search_form(shown text) returns text
      language sql immutable strict parallel safe
      return encode(decode(replace(lower(shown), '\', '\\'), 'escape'), 'escape')
  `);
  // Begins with a blank, so that a blank stands before all that an email, a username or a word of a name begins with.
  await knex.raw(`
    alter table accounts add column search_text text generated always as (
      account_search_form(
        ' ' || email || ' ' || coalesce(username, '') || ' ' || coalesce(profile->>'name', '') || ' '
        || coalesce(profile->>'givenName', '') || ' ' || coalesce(profile->>'familyName', '')
      )
    ) stored
  `);
  // Finds rare texts; for common ones the planner walks the primary key and stops early.
  await knex.raw('create index accounts_search_text_index on accounts using gin (search_text gin_trgm_ops)');
  // Disabled users are few, and are looked for among many.
  await knex.raw('create index accounts_disabled_index on accounts (id) where disabled');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index accounts_disabled_index');
  await knex.raw('alter table accounts drop column search_text');
  await knex.raw('drop function account_search_form(text)');
  await knex.raw('drop extension pg_trgm');
}
