import type { Knex } from 'knex';

/** Search among users by any part of their email, username or name, and the list of disabled ones. */
export async function up(knex: Knex): Promise<void> {
  // Trusted: the owner of the database may create them.
  await knex.raw('create extension if not exists pg_trgm');
  await knex.raw('create extension if not exists btree_gin');
  // What is beyond ASCII becomes digits (ü is \303\274): in a database of the locale C, pg_trgm passes over all other letters.
  await knex.raw(String.raw`
    create function account_search_form(shown text) returns text
      language sql immutable strict parallel safe
      return encode(decode(replace(lower(shown), '\', '\\'), 'escape'), 'escape')
  `);
  // The text begins with a blank, so that a blank stands before all that an email, a username or a word of a name begins with.
  // The position is the order in which accounts came; a stretch is 8192 positions.
  await knex.raw(`
    alter table accounts
      add column search_text text generated always as (
        account_search_form(
          ' ' || email || ' ' || coalesce(username, '') || ' ' || coalesce(profile->>'name', '') || ' '
          || coalesce(profile->>'givenName', '') || ' ' || coalesce(profile->>'familyName', '')
        )
      ) stored,
      add column position bigint generated always as identity constraint accounts_position_key unique,
      add column stretch integer generated always as ((position >> 13)::integer) stored
  `);
  // How common a text is, to one in some hundred.
  await knex.raw('alter table accounts alter column search_text set statistics 400');
  // Finds a text within a stretch, within eight of them, or in all. Without a list of pending entries, which every search would read.
  await knex.raw(`
    create index accounts_search_index on accounts
      using gin (stretch, ((position >> 16)::integer), search_text gin_trgm_ops) with (fastupdate = off)
  `);
  // The latest id of a stretch: whether it has accounts made after a time.
  await knex.raw('create index accounts_stretch_index on accounts (stretch, id)');
  // Disabled users are few, and are looked for among many.
  await knex.raw('create index accounts_disabled_index on accounts (id) where disabled');
  await knex.raw('create index accounts_disabled_position_index on accounts (position) where disabled');
  await knex.raw(THIN_SEARCH_PATTERN);
  await knex.raw(ESTIMATE_SEARCH);
  await knex.raw(SEARCH_ACCOUNTS);
}

/**
 * A pattern that matches more, for the index to look for: without the signs between words and without some letters of long
 * words. The index takes the longer the more runs of three letters a pattern has, and few of them tell as much.
 */
const THIN_SEARCH_PATTERN = String.raw`
  create function thin_search_pattern(pattern text) returns text language sql immutable strict parallel safe
    return case
      when '%' || pattern || '%' ~ '[^a-z0-9][a-z0-9]{1,2}[^a-z0-9]' then pattern
      else regexp_replace(
        regexp_replace(pattern, '[^a-z0-9]+', '%', 'g'), '([a-z0-9]{3})[a-z0-9]([a-z0-9]{3})', '\1_\2', 'g'
      )
    end`;

/** How many accounts the planner thinks that have a text. */
const ESTIMATE_SEARCH = `
  create function estimate_search(pattern text) returns double precision language plpgsql as $$
  declare
    plan jsonb;
  begin
    execute format('explain (format json) select from accounts where search_text like %L', pattern) into plan;
    return (plan->0->'Plan'->>'Plan Rows')::double precision;
  end
  $$`;

/**
 * Finds accounts by position, from `low` to `high`, in windows that grow while matches are sparse. How common the text is
 * at first is what the planner thinks, then what was seen. Work is counted in blocks and rows that were read: when it is
 * used up, a row without id says where to go on. Windows hide `position` behind `+ 0`, so that only the index of texts
 * can serve them; the walk hides the text behind `offset 0`, so that it cannot.
 */
const SEARCH_ACCOUNTS = `
  create function search_accounts(
    pattern text, low bigint, high bigint, newest_first boolean, with_disabled boolean, first_id uuid, wanted integer, budget bigint
  ) returns table (place bigint, account_id uuid)
  language plpgsql stable rows 50
  set enable_seqscan = off
  set plan_cache_mode = force_generic_plan
  as $$
  declare
    thinned constant text := thin_search_pattern(pattern);
    top constant bigint := (select position from accounts order by position desc limit 1);
    index_id constant oid := 'accounts_search_index'::regclass;
    table_id constant oid := 'accounts'::regclass;
    before constant bigint := pg_stat_get_xact_blocks_fetched(index_id) + pg_stat_get_xact_tuples_fetched(table_id) / 8;
    work bigint;
    allowed bigint;
    size bigint := 256;
    near bigint;
    far bigint;
    estimate double precision;
    span double precision;
    peeked boolean;
    seen bigint := 0;
    found integer := 0;
    got integer;
  begin
    low := greatest(low, 0);
    high := least(high, top);
    while low <= high loop
      -- The window ends where a window of its size ends, so that it is within one stretch.
      if size is null then
        near := low;
        far := high;
      elsif newest_first then
        near := greatest(low, case when size < 8192 then high - size + 1 else high - high % size end);
        far := high;
      else
        near := low;
        far := least(high, case when size < 8192 then low + size - 1 else low - low % size + size - 1 end);
      end if;
      if size >= 8192 and found = 0 and seen > 256 then
        select exists (
          select from generate_series(0, 3) as spot, lateral (
            select search_text from accounts
            where position >= near + (far - near - 63) * spot / 3 and position < near + (far - near - 63) * spot / 3 + 64
            offset 0
          ) as nearby where search_text like pattern
        ) into peeked;
        -- A lump: rather small windows than all of it.
        if peeked and estimate * size > 4 * wanted then
          size := case when size > 8192 then 8192 else 2048 end;
          continue;
        end if;
      end if;
      if size < 8192 then
        return query select walked.position, walked.id from (
            select position, id, disabled, search_text from accounts where position >= near and position <= far offset 0
          ) as walked
          where search_text like pattern and (with_disabled or not disabled) and (first_id is null or id >= first_id)
          order by case when newest_first then -walked.position else walked.position end limit wanted - found;
      elsif size = 8192 then
        return query select a.position, a.id from accounts as a
          where a.stretch = (near >> 13)::integer and search_text like thinned and (search_text like pattern) is true and a.position + 0 >= near and a.position + 0 <= far
            and (with_disabled or not disabled) and (first_id is null or id >= first_id)
          order by case when newest_first then -a.position else a.position end limit wanted - found;
      elsif size = 65536 then
        return query select a.position, a.id from accounts as a
          where (a.position >> 16)::integer = (near >> 16)::integer and search_text like thinned and (search_text like pattern) is true
            and a.position + 0 >= near and a.position + 0 <= far
            and (with_disabled or not disabled) and (first_id is null or id >= first_id)
          order by case when newest_first then -a.position else a.position end limit wanted - found;
      else
        return query select a.position, a.id from accounts as a
          where search_text like thinned and (search_text like pattern) is true and a.position + 0 >= near and a.position + 0 <= far
            and (with_disabled or not disabled) and (first_id is null or id >= first_id)
          order by case when newest_first then -a.position else a.position end limit wanted - found;
      end if;
      get diagnostics got = row_count;
      found := found + got;
      exit when found >= wanted or size is null;
      seen := seen + far - near + 1;
      if newest_first then high := near - 1; else low := far + 1; end if;
      exit when low > high;
      work := pg_stat_get_xact_blocks_fetched(index_id) + pg_stat_get_xact_tuples_fetched(table_id) / 8 - before;
      -- A text that is not near takes less work before the page goes on: nothing is lost by a page that is empty.
      allowed := case when found = 0 then budget / 2 else budget end;
      if work > allowed then
        return query select case when newest_first then high + 1 else low - 1 end, null::uuid;
        exit;
      end if;
      if estimate is null and found < 2 then
        estimate := estimate_search(thinned) / (top + 1);
        if estimate * (high - low + 1) <= 3000 then
          size := null;
          continue;
        end if;
        span := (wanted - found) / estimate;
      else
        span := (wanted - found) * seen / greatest(found, 0.5);
      end if;
      size := case when span <= 2048 then 64 + (span * 1.25)::bigint when span <= 24576 or work * 65536 > 4 * allowed * seen then 8192 else 65536 end;
    end loop;
  end
  $$`;

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop function search_accounts');
  await knex.raw('drop function estimate_search');
  await knex.raw('drop function thin_search_pattern');
  await knex.raw('drop index accounts_disabled_index');
  await knex.raw('alter table accounts drop column stretch, drop column position, drop column search_text');
  await knex.raw('drop function account_search_form(text)');
  await knex.raw('drop extension btree_gin');
  await knex.raw('drop extension pg_trgm');
}
