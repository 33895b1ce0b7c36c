import type { Knex } from 'knex';

/**
 * Search that goes by the matches it has seen, among all users or among disabled ones. Instances of the version before
 * go on to use `search_accounts`; only their searches with `created_after` get slow until they are gone.
 */
export async function up(knex: Knex): Promise<void> {
  // The latest id of a block and of a stretch: whether they have accounts made after a time. Not by the expressions of
  // accounts_search_index, which alone shall serve what is asked for by text: accounts_stretch_index was taken instead
  // where the table had been small.
  await knex.raw('create index accounts_block_id_index on accounts ((position >> 16), id)');
  await knex.raw('create index accounts_stretch_id_index on accounts ((position >> 13), id)');
  await knex.raw('drop index accounts_stretch_index');
  // As accounts_search_index, of the few who are disabled.
  await knex.raw(`
    create index accounts_disabled_search_index on accounts
      using gin (stretch, ((position >> 16)::integer), search_text gin_trgm_ops) with (fastupdate = off) where disabled
  `);
  // Enough to tell a lump, and half as long to look through before a search.
  await knex.raw('alter table accounts alter column search_text set statistics 200');
  await knex.raw(FIRST_POSITION_SINCE);
  // A walk serves common texts at once; disabled users may be far apart, but all of them are asked of a small index.
  await knex.raw(
    findAccounts({ name: 'find_accounts', among: '', index: 'accounts_search_index', firstSize: '128' }),
  );
  await knex.raw(
    findAccounts({
      name: 'find_disabled_accounts',
      among: ' and disabled',
      index: 'accounts_disabled_search_index',
      firstSize: 'everything',
    }),
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop function find_disabled_accounts');
  await knex.raw('drop function find_accounts');
  await knex.raw('drop function first_position_since');
  await knex.raw('alter table accounts alter column search_text set statistics 400');
  await knex.raw('drop index accounts_disabled_search_index');
  await knex.raw('create index accounts_stretch_index on accounts (stretch, id)');
  await knex.raw('drop index accounts_stretch_id_index');
  await knex.raw('drop index accounts_block_id_index');
}

/**
 * Where the first stretch begins that has an account with this id or a later one: ids are in the order of positions,
 * except for users who were imported with their own. Each look is for the last entry up to a place in
 * accounts_block_id_index or accounts_stretch_id_index: in this form no other index can serve it, whatever the planner believes.
 */
const FIRST_POSITION_SINCE = `
  create function first_position_since(first_id uuid) returns bigint language plpgsql stable as $$
  declare
    top constant bigint := coalesce((select position from accounts order by position desc limit 1), -1);
    latest constant uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  begin
    for block in 0 .. top >> 16 loop
      if (
        select id from accounts where (position >> 16, id) <= (block, latest) order by position >> 16 desc, id desc limit 1
      ) >= first_id then
        for part in block << 3 .. (block << 3) + 7 loop
          if (
            select id from accounts where (position >> 13, id) <= (part, latest) order by position >> 13 desc, id desc limit 1
          ) >= first_id then
            return part::bigint << 13;
          end if;
        end loop;
      end if;
    end loop;
    return top + 1;
  end
  $$`;

interface Search {
  readonly name: string;
  /** Condition of every account that may be found. */
  readonly among: string;
  readonly index: string;
  /** Size of the first window, in positions. */
  readonly firstSize: string;
}

/**
 * Finds accounts by position, from `low` to `high`, in windows whose size follows from the matches seen so far. Only
 * before everything is asked for at once does the planner say whether a lump of matches may lie where nobody has looked.
 * A window that holds more candidates than are worth reading is given up for a smaller one. Work is counted in blocks
 * and rows that were read: when it is used up, a row without id says where to go on.
 *
 * The index is asked for `thinned` alone, and what it answers is compared with everything else afterwards. `with candidates`
 * is planned as if all of it was needed, though only `most` of it is read.
 */
function findAccounts({ name, among, index, firstSize }: Search): string {
  const found = (from: string): string => `
        select count(*), array_agg(position order by position) filter (where fits), array_agg(id order by position) filter (where fits)
          into got, new_places, new_ids
          from (
            select position, id, search_text like pattern and position between near and far
              and (with_disabled or not disabled) and (first_id is null or id >= first_id) as fits
            from ${from}
          ) as looked_at;`;
  const fromIndex = (part: string): string => `
        with candidates as materialized (
          select position, id, disabled, search_text from accounts where ${part}search_text like thinned${among}
        )${found('candidates limit most')}`;
  return `
  create function ${name}(
    pattern text, low bigint, high bigint, newest_first boolean, with_disabled boolean, first_id uuid, wanted integer, budget bigint
  ) returns table (place bigint, account_id uuid)
  language plpgsql stable rows 50
  set enable_seqscan = off
  set plan_cache_mode = force_generic_plan
  as $$
  declare
    stretch_size constant bigint := 8192;
    block_size constant bigint := 65536;
    everything constant bigint := 1::bigint << 60;
    thinned constant text := thin_search_pattern(pattern);
    top constant bigint := coalesce((select position from accounts order by position desc limit 1), -1);
    index_id constant oid := '${index}'::regclass;
    table_id constant oid := 'accounts'::regclass;
    before constant bigint := pg_stat_get_xact_blocks_fetched(index_id) + pg_stat_get_xact_tuples_fetched(table_id) / 8;
    work bigint;
    size bigint := ${firstSize};
    largest bigint := everything;
    most constant bigint := greatest(600, 4 * wanted);
    near bigint;
    far bigint;
    seen bigint := 0;
    candidates bigint := 0;
    got bigint;
    new_places bigint[];
    new_ids uuid[];
    places bigint[] := '{}';
    ids uuid[] := '{}';
    common double precision;
    span double precision;
    estimate double precision;
    go_on bigint;
  begin
    if first_id is not null then
      low := greatest(low, first_position_since(first_id));
    end if;
    low := greatest(low, 0);
    high := least(high, top);
    while low <= high loop
      near := low;
      far := high;
      -- A window of the index ends where a stretch or a block ends.
      if size <= block_size and newest_first then
        near := greatest(low, case when size < stretch_size then high - size + 1 else high - high % size end);
      elsif size <= block_size then
        far := least(high, case when size < stretch_size then low + size - 1 else low - low % size + size - 1 end);
      end if;
      -- What is left of a block or of a stretch may not be worth a look into the index.
      if size = block_size and far - near < 2 * stretch_size then
        size := stretch_size;
        continue;
      elsif size = stretch_size and far - near < 512 then
        size := far - near + 1;
      end if;
      if size < stretch_size then${found(`(
              select position, id, disabled, search_text from accounts where position between near and far${among} offset 0
            ) as walked where search_text like thinned`)}
      elsif size = stretch_size then${fromIndex('stretch = (near >> 13)::integer and ')}
      elsif size = block_size then${fromIndex('(position >> 16)::integer = (near >> 16)::integer and ')}
      else${fromIndex('')}
      end if;
      work := pg_stat_get_xact_blocks_fetched(index_id) + pg_stat_get_xact_tuples_fetched(table_id) / 8 - before;
      if size >= stretch_size and got = most then
        -- More than is worth reading: a smaller window holds enough.
        largest := case when size > block_size then block_size when size = block_size then stretch_size else 1024 end;
        size := largest;
        continue;
      end if;
      places := places || coalesce(new_places, '{}');
      ids := ids || coalesce(new_ids, '{}');
      exit when cardinality(places) >= wanted;
      seen := seen + far - near + 1;
      candidates := candidates + got;
      if newest_first then high := near - 1; else low := far + 1; end if;
      exit when low > high;
      -- A text that is not near takes less work before the page goes on: nothing is lost by a page that is empty.
      if work > (case when places = '{}' then budget / 2 else budget end) then
        go_on := case when newest_first then high + 1 else low - 1 end;
        exit;
      end if;
      common := greatest(candidates, 1)::double precision / seen;
      span := (wanted - cardinality(places)) * seen / greatest(cardinality(places), 0.5);
      if span <= 1536 and candidates > 1 then
        size := 64 + (span * 1.25)::bigint;
      elsif seen < stretch_size / 2 or span <= 2.5 * stretch_size or common * block_size > most then
        size := stretch_size;
      elsif span <= 4 * block_size then
        size := block_size;
      else
        estimate := coalesce(estimate, estimate_search(thinned) / (top + 1));
        common := greatest(common, estimate);
        size := case when common * top <= most then everything when common * block_size <= most then block_size else stretch_size end;
      end if;
      size := least(size, largest);
    end loop;
    return query select found.place, found.account_id from unnest(places, ids) as found(place, account_id)
      order by case when newest_first then -found.place else found.place end limit wanted;
    if go_on is not null then
      return query select go_on, null::uuid;
    end if;
  end
  $$`;
}
