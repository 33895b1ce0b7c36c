import type { Knex } from 'knex';

/** Where migrations record the oldest version of the program that may still run on what they leave. */
export const FLOORS_TABLE = 'schema_floors';

/**
 * The oldest version of the program that may run on this schema.
 * @returns undefined when the schema is older than the record of it
 */
export async function schemaFloor(database: Knex): Promise<string | undefined> {
  if (!(await database.schema.hasTable(FLOORS_TABLE))) return undefined;
  const versions = await database(FLOORS_TABLE).pluck<string[]>('oldest_version');
  return versions.sort(compareVersions).at(-1);
}

/**
 * Compares versions by their three numbers; what stands behind them (`-beta.1`) does not count.
 * @returns below zero when `one` is older, zero when both are the same, above zero when it is newer
 */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [numbersOf(one), numbersOf(other)];
  const place = left.findIndex((number, index) => number !== right[index]);
  return place === -1 ? 0 : (left[place] ?? 0) - (right[place] ?? 0);
}

function numbersOf(version: string): readonly [number, number, number] {
  const [major = 0, minor = 0, patch = 0] = /^\d+\.\d+\.\d+/.exec(version)?.[0].split('.').map(Number) ?? [];
  return [major, minor, patch];
}
