import knex, { type Knex } from 'knex';
import pg from 'pg';
import { parseUrl } from '../../domain/url.js';
import { silentKnexLog } from './silent-knex-log.js';

/** A pool of connections, or one transaction of it: what stores work on. */
export type Database = Knex;

export interface DatabaseOptions {
  /** PostgreSQL's connection URL. What its query says (`?statement_timeout=…`, `?sslmode=…`) wins over our settings. */
  readonly url: string;
  /** At most this many connections. */
  readonly poolSize: number;
  /** What `pg_stat_activity` shows. */
  readonly applicationName: string;
}

/** A request waits this long at most for each of these, in milliseconds. */
// Shorter than the wait for the pool, so that a server that is silent is told from a pool that is exhausted.
const CONNECT_TIMEOUT_MS = 4_000;
const ACQUIRE_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 10_000;
/** So much later this side gives up as well: a server that vanished from the network ends no statement. */
const SILENCE_MS = 2_000;
const LOCK_TIMEOUT_MS = 5_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 15_000;
const IDLE_CONNECTION_MS = 30_000;

/**
 * A plan that was made while a table was small is kept while it grows, until PostgreSQL analyses it; also those of foreign keys,
 * which nobody can write otherwise. So an index is used wherever there is one, and where there is none, such a plan is
 * not thought dear enough to be compiled. A statement of its own, since poolers know few settings of a connection's start.
 */
const PLANNING = 'set enable_seqscan = off; set jit = off';

/** How often the connections of a pool were to be made anew. */
const renewals = new WeakMap<object, number>();

/**
 * Opens a pool of connections; nothing connects before the first query. Every wait has an end: for a connection, for
 * the pool, for a statement, for a lock, for a transaction that was left open. `int8` (and so `count(*)`) is read as a
 * number: where it would be rounded, the query fails instead. `timestamptz` is read as a Date.
 *
 * A pooler in front of PostgreSQL must let the time-outs through (PgBouncer: `ignore_startup_parameters`).
 */
export function openDatabase({ url, poolSize, applicationName }: DatabaseOptions): Knex {
  const connection: Knex.PgConnectionConfig & { lock_timeout: number } = {
    ...silenceTimeout(url),
    connectionString: url,
    application_name: applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    keepAlive: true,
    types: columnTypes,
  };
  const madeIn = new WeakMap<object, number>();
  const opened: Knex = knex({
    client: 'pg',
    connection,
    pool: {
      min: 0,
      max: poolSize,
      idleTimeoutMillis: IDLE_CONNECTION_MS,
      afterCreate(made: pg.Client, done: (error: Error | undefined, made: pg.Client) => void) {
        madeIn.set(made, renewalsOf(opened));
        made.query(PLANNING, (error: Error | null) => {
          // The pool will not close a connection that it never had.
          if (error) void made.end().catch(() => undefined);
          done(error ?? undefined, made);
        });
      },
      validate: (made: pg.Client) => madeIn.get(made) === renewalsOf(opened),
    },
    acquireConnectionTimeout: ACQUIRE_TIMEOUT_MS,
    log: silentKnexLog,
  });
  return opened;
}

/** Lets nobody have a connection any more that is open now: what runs on one goes on, and the next one is made anew. */
export function renewConnections(database: Database): void {
  renewals.set(database, renewalsOf(database) + 1);
}

function renewalsOf(database: object): number {
  return renewals.get(database) ?? 0;
}

/** Where the URL lets statements take longer than we would, or as long as they like, so does this side. */
function silenceTimeout(url: string): { readonly query_timeout?: number } {
  const chosen = parseUrl(url)?.searchParams.get('statement_timeout') ?? '';
  const statementTimeout = chosen === '' ? STATEMENT_TIMEOUT_MS : Number(chosen);
  return statementTimeout > 0 ? { query_timeout: statementTimeout + SILENCE_MS } : {};
}

const INT8_OID: number = pg.types.builtins.INT8;
const defaultTypeParser: (oid: number, format: 'text' | 'binary') => unknown = pg.types.getTypeParser;

/** How values of PostgreSQL are read; per connection, so that nothing global changes. */
const columnTypes = {
  getTypeParser(oid: number, format: string): unknown {
    if (format === 'binary') return defaultTypeParser(oid, 'binary');
    return oid === INT8_OID ? parseInt8 : defaultTypeParser(oid, 'text');
  },
};

function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`The int8 ${text} does not fit into a number.`);
  return value;
}
