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
 * @param name of its own among the statements of this program
 * @param sql with a question mark for each binding, and no other
 */
export function prepared(name: string, sql: string): PreparedStatement {
  let place = 0;
  return { name, text: sql.replaceAll('?', () => `$${(place += 1)}`) };
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
