import type { Knex } from 'knex';

/**
 * Takes the indexes of tables away that no constraint hangs on: to make one of all rows takes a fraction of the time that it
 * takes to keep it up to date with each.
 * @param transaction in which the rows are written
 * @returns the statements that make them again
 */
export async function setIndexesAside(
  transaction: Knex,
  tables: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await transaction.raw<{ rows: { name: string; definition: string }[] }>(
    `select index.relname as name, pg_get_indexdef(i.indexrelid) as definition
     from pg_index i join pg_class index on index.oid = i.indexrelid
     where i.indrelid in (select to_regclass(name) from unnest(?::text[]) as name)
       and not exists (select from pg_constraint where conindid = i.indexrelid)
     order by 1`,
    [[...tables]],
  );
  for (const { name } of rows) await transaction.raw('drop index ??', [name]);
  return rows.map(({ definition }) => definition);
}

/** @param definitions what `setIndexesAside` gave */
export async function makeIndexes(transaction: Knex, definitions: readonly string[]): Promise<void> {
  await transaction.raw("set local maintenance_work_mem = '256MB'");
  // The text has no bindings, but may have question marks.
  for (const definition of definitions) await transaction.raw(definition.replaceAll('?', '\\?'));
}
