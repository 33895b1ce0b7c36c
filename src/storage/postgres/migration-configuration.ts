import type { Knex } from 'knex';
import type { Client } from 'pg';
import { migrationSource } from './migration-source.js';

/** Where the names of the migrations that ran are kept. */
export const MIGRATIONS_TABLE = 'schema_migrations';

// Any number that nothing else in the database uses: "latchkey" as a phone keypad spells it.
const ADVISORY_LOCK = 52824539;
const LOCK_WAIT_MS = 120_000;
const CONNECTION_TIMEOUT_MS = 10_000;

/**
 * How Knex runs the migrations, in this program and from its own command line. Its one connection takes an advisory lock
 * before anything else and holds it until it closes, so that processes that migrate at the same time take turns; a
 * process that dies frees it. Statements may take as long as they need.
 * @param connection what to connect to; its time-outs for statements are not used
 * @see https://www.postgresql.org/docs/18/explicit-locking.html#ADVISORY-LOCKS
 */
export function migrationConfiguration(connection: Knex.PgConnectionConfig): Knex.Config {
  const ownConnection: Knex.PgConnectionConfig & { lock_timeout: number } = {
    ...connection,
    application_name: 'latchkey migrate',
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    statement_timeout: 0,
    query_timeout: 0,
    lock_timeout: LOCK_WAIT_MS,
    idle_in_transaction_session_timeout: 0,
  };
  return {
    client: 'pg',
    connection: ownConnection,
    pool: {
      min: 0,
      max: 1,
      createTimeoutMillis: LOCK_WAIT_MS + CONNECTION_TIMEOUT_MS,
      afterCreate: (client: Client, done: (error: Error | undefined, client: Client) => void) => {
        client.query('select pg_advisory_lock($1)', [ADVISORY_LOCK]).then(
          () => {
            done(undefined, client);
          },
          (error: unknown) => {
            done(error instanceof Error ? error : new Error(String(error)), client);
          },
        );
      },
    },
    acquireConnectionTimeout: LOCK_WAIT_MS + CONNECTION_TIMEOUT_MS,
    migrations: { migrationSource, tableName: MIGRATIONS_TABLE },
  };
}
