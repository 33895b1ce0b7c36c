import type { Knex } from 'knex';
import pg from 'pg';
import { errorFields, type Logger } from '../../observability/logger.js';

/** The channel on which every process hears what another has changed. */
const CHANNEL = 'latchkey_changes';

/** What is told of, by the name that stands before the id. */
export type ChangeKind = 'client' | 'client-logo' | 'signing-key' | 'mail' | 'logout' | 'ping';

/** Back-off between attempts to connect, milliseconds. */
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

/** How often a silent connection is asked whether it still lives, and how long it may take to say so, milliseconds. */
const HEARTBEAT_MS = 15_000;
const HEARTBEAT_TIMEOUT_MS = 5_000;

/** The connection of its own that listening takes; `pg.Client` is one. */
export interface ListeningConnection {
  query(sql: string): Promise<unknown>;
  on(event: 'notification', listener: (message: { readonly payload?: string | undefined }) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  end(): Promise<void>;
}

export interface ChangeFeedOptions {
  /** Opens a connection that nothing else uses. */
  readonly connect: () => Promise<ListeningConnection>;
  readonly logger?: Pick<Logger, 'info' | 'warn'>;
}

/** Tells what other processes (and this one) have changed, once it holds. */
export interface ChangeFeed {
  /** False while changes may go unheard: whoever caches must not cache then. */
  readonly listening: boolean;
  /** @param listener told the id of what has changed */
  onChange(kind: ChangeKind, listener: (id: string) => void): void;
  /** @param listener told that changes may have been missed: whatever is cached may be stale */
  onGap(listener: () => void): void;
  /** @param listener told each time that listening begins */
  onListening(listener: () => void): void;
  /** Resolves once it listens, or once the first attempt has failed; it goes on trying by itself then. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** To be selected beside what has changed. Bindings: none; `id` names the column that tells which it was. */
export function notifying(kind: ChangeKind, id: string): string {
  return `pg_notify('${CHANNEL}', '${kind}:' || ${id})`;
}

/**
 * Says that something has changed; heard when the transaction commits.
 * @param knex the transaction that changes it
 */
export async function notifyChange(knex: Knex, kind: ChangeKind, id: string): Promise<void> {
  await knex.raw('select pg_notify(?, ?)', [CHANNEL, `${kind}:${id}`]);
}

/** Opens the connection for a change feed. @param url of the database */
export async function connectForChanges(url: string): Promise<ListeningConnection> {
  const connection = new pg.Client({
    connectionString: url,
    application_name: 'latchkey-changes',
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    query_timeout: HEARTBEAT_TIMEOUT_MS,
  });
  await connection.connect();
  return connection;
}

/** Listens for changes with `LISTEN`, and connects again by itself whenever the connection is lost. */
export function createChangeFeed({ connect, logger }: ChangeFeedOptions): ChangeFeed {
  const changeListeners = new Map<string, ((id: string) => void)[]>();
  const gapListeners: (() => void)[] = [];
  const listeningListeners: (() => void)[] = [];
  let current: ListeningConnection | undefined;
  let retryTimer: NodeJS.Timeout | undefined;
  let heartbeatTimer: NodeJS.Timeout | undefined;
  let attempt: Promise<void> | undefined;
  let failures = 0;
  /** Whether the log was told that nobody listens. */
  let isTold = false;
  let stopped = true;

  const hear = (payload = ''): void => {
    const colon = payload.indexOf(':');
    const id = payload.slice(colon + 1);
    for (const listener of changeListeners.get(payload.slice(0, colon)) ?? []) listener(id);
  };

  const tell = (message: string, cause: unknown): void => {
    const { errorName, errorCode } = errorFields(cause);
    if (!isTold) logger?.warn(message, { ...(errorName && { errorName }), ...(errorCode && { errorCode }) });
    isTold = true;
  };

  const lose = (connection: ListeningConnection, cause: unknown): void => {
    if (connection !== current) return;
    current = undefined;
    clearInterval(heartbeatTimer);
    connection.end().catch(() => undefined);
    for (const listener of gapListeners) listener();
    tell('the change feed is interrupted; caches are bypassed until it listens again', cause);
    retry();
  };

  const listen = async (): Promise<void> => {
    const connection = await connect();
    // Losing a connection that is not current (yet) is told by the failing query, not by these events.
    connection.on('error', (error) => lose(connection, error));
    connection.on('end', () => lose(connection, new Error('the connection ended')));
    connection.on('notification', ({ payload }) => hear(payload));
    try {
      await connection.query(`listen ${CHANNEL}`);
    } catch (error) {
      connection.end().catch(() => undefined);
      throw error;
    }
    if (isStopped()) return connection.end();
    current = connection;
    failures = 0;
    if (isTold) logger?.info('the change feed listens again');
    isTold = false;
    heartbeatTimer = setInterval(() => {
      connection.query('select 1').catch((error: unknown) => lose(connection, error));
    }, HEARTBEAT_MS).unref();
    for (const listener of listeningListeners) listener();
  };

  // A function, since the flag changes while `listen` waits.
  const isStopped = (): boolean => stopped;

  const tryOnce = async (): Promise<void> => {
    try {
      await listen();
    } catch (error) {
      failures += 1;
      tell('the change feed cannot connect; it tries again', error);
      retry();
    }
  };

  const retry = (): void => {
    if (stopped) return;
    const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
    retryTimer = setTimeout(
      () => {
        attempt = tryOnce();
      },
      longest * (0.5 + Math.random() / 2),
    ).unref();
  };

  return {
    get listening() {
      return current !== undefined;
    },
    onChange(kind, listener) {
      changeListeners.set(kind, [...(changeListeners.get(kind) ?? []), listener]);
    },
    onGap: (listener) => void gapListeners.push(listener),
    onListening: (listener) => void listeningListeners.push(listener),
    async start() {
      stopped = false;
      attempt = tryOnce();
      await attempt;
    },
    async stop() {
      stopped = true;
      clearTimeout(retryTimer);
      clearInterval(heartbeatTimer);
      await attempt;
      const connection = current;
      current = undefined;
      await connection?.end();
    },
  };
}
