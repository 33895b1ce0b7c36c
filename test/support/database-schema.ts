import type { Knex } from 'knex';

/**
 * Describes a database's schema, one line for each relation, column, default, constraint, index, trigger, function,
 * type and extension of ours, sorted, so that two schemas can be compared.
 */
export async function schemaOf(database: Knex): Promise<string[]> {
  const { rows } = await database.raw<{ rows: { line: string }[] }>(`
    with ours as (select oid from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'),
    lines as (
      select 'relation ' || c.oid::regclass || ' ' || c.relkind::text || ' ' || coalesce(c.reloptions::text, '') ||
        coalesce(' ' || obj_description(c.oid, 'pg_class'), '') as line
      from pg_class c where c.relnamespace in (select oid from ours)
      union all
      -- In which order the columns are; their numbers also count those that are gone.
      select 'column ' || a.attrelid::regclass || '.' || a.attname || ' ' ||
        row_number() over (partition by a.attrelid order by a.attnum) || ' ' ||
        format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end ||
        a.attidentity::text || a.attgenerated::text || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') ||
        coalesce(' ' || col_description(a.attrelid, a.attnum), '')
      from pg_attribute a
      join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p', 'v', 'm')
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where c.relnamespace in (select oid from ours) and a.attnum > 0 and not a.attisdropped
      union all
      select 'constraint ' || conrelid::regclass || '.' || conname || ' ' || pg_get_constraintdef(oid)
      from pg_constraint where connamespace in (select oid from ours) and conrelid <> 0
      union all
      select 'index ' || pg_get_indexdef(indexrelid) from pg_index
      join pg_class c on c.oid = indexrelid where c.relnamespace in (select oid from ours)
      union all
      select 'trigger ' || pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
      union all
      select 'function ' || pg_get_functiondef(oid) from pg_proc
      where pronamespace in (select oid from ours) and prokind in ('f', 'p')
      union all
      select 'type ' || typname || ' ' || typtype::text from pg_type
      where typnamespace in (select oid from ours) and typtype in ('d', 'e')
      union all
      select 'extension ' || extname from pg_extension
    )
    select line from lines order by line collate "C"
  `);
  return rows.map(({ line }) => line);
}
