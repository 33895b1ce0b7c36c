import type { Knex } from 'knex';
import type { ClientBase, QueryArrayConfig, QueryConfig } from 'pg';
import { followStatement } from './trace-statements.js';

/** A statement that each connection parses and plans once. */
export interface PreparedStatement {
  readonly name: string;
  /** With `$1`, `$2` … */
  readonly text: string;
}

/** What Knex has of a pool, or of the one connection of a transaction. */
interface Connections {
  acquireConnection(): Promise<ClientBase>;
  releaseConnection(connection: ClientBase): Promise<void>;
}

/**
 * A statement whose plan is good for any number of keys and any size of its tables: PostgreSQL plans it once, perhaps while the
 * tables are empty. So rows are found by key in a way that can be planned as nothing but a look at the index for each key:
 * by `= any (…)`, by a sub-select of one row for each key (`lateral … limit 1`), or, where an update joins a list, by
 * `= any (array[key])`. A plain join with a list may be planned as a walk through the whole table.
 *
 * How long a list is, the planner is not told, hence the sub-selects around lists: where it sees that there are few, PostgreSQL
 * plans a statement again each time it runs.
 * @param name of its own among the statements of this program
 * @param sql with a question mark for each binding, and no other; or with `$1`, `$2` …; lists as `?::type[]`
 * @see docs/decisions/0024-plans-for-tables-of-any-size.md
 */
export function prepared(name: string, sql: string): PreparedStatement {
  let place = 0;
  const text = sql
    .replaceAll('?', () => `$${(place += 1)}`)
    .replaceAll(/(\$\d+)::(\w+)\[\]/g, '(select $1::$2[])::$2[]');
  return { name, text };
}

/**
 * Runs a statement on a connection of Knex's, past its query builder, which costs as much again: for what every request
 * runs.
 * @param knex the pool, or a transaction
 * @returns rows as arrays of their columns
 */
export async function runPrepared<Columns extends unknown[]>(
  knex: Knex,
  statement: PreparedStatement,
  values: readonly unknown[],
): Promise<Columns[]> {
  const query: QueryArrayConfig = { ...statement, values: [...values], rowMode: 'array' };
  return followStatement(knex, statement.name, () =>
    withConnection(knex, async (connection) => (await connection.query<Columns>(query)).rows),
  );
}

/** The same, with rows as objects. */
export async function runPreparedForObjects<Row extends object>(
  knex: Knex,
  statement: PreparedStatement,
  values: readonly unknown[],
): Promise<Row[]> {
  const query: QueryConfig = { ...statement, values: [...values] };
  return followStatement(knex, statement.name, () =>
    withConnection(knex, async (connection) => (await connection.query<Row>(query)).rows),
  );
}

async function withConnection<Result>(
  knex: Knex,
  work: (connection: ClientBase) => Promise<Result>,
): Promise<Result> {
  const connections = knex.client as Connections;
  const connection = await connections.acquireConnection();
  try {
    return await work(connection);
  } finally {
    void connections.releaseConnection(connection);
  }
}
