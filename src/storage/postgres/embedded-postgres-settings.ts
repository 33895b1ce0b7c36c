import { createHash } from 'node:crypto';
import path from 'node:path';
import { EMBEDDED_NAME } from './embedded-postgres-cluster.js';

/** How to reach an embedded server. */
export interface ServerAddress {
  /** The folder of the Unix socket; absent on Windows. */
  readonly socketDir?: string;
  readonly port: number;
  /** Only on Windows. */
  readonly password?: string;
}

/** The port in the socket's name; nothing listens on the network. */
export const SOCKET_PORT = 5432;

// A socket's whole path must fit into 104 bytes on macOS, 108 on Linux, with its closing zero.
const LONGEST_SOCKET_PATH = 103;

/** The socket's folder: in the database's home, or, when that path is too long, one derived from it below /tmp. */
export function socketFolder(home: string): string {
  const inHome = path.join(home, 'socket');
  if (Buffer.byteLength(path.join(inHome, `.s.PGSQL.${SOCKET_PORT}`)) <= LONGEST_SOCKET_PATH) return inHome;
  return `/tmp/latchkey-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`;
}

/**
 * The connection URL, as libpq and pg read it. The environment's PGPORT and PGSSLMODE do not change it.
 * @param database a database of the server
 */
export function embeddedUrl(address: ServerAddress, database = EMBEDDED_NAME): string {
  const url = new URL(`postgresql://${EMBEDDED_NAME}@localhost:${address.port}/${database}?sslmode=disable`);
  if (address.socketDir !== undefined) url.searchParams.set('host', address.socketDir);
  else url.hostname = '127.0.0.1';
  if (address.password !== undefined) url.password = address.password;
  return url.href;
}

/**
 * The server's settings, as arguments of `postgres`: small when idle, enough for a laptop.
 * @param durable false gives up what makes a commit survive a crash, for tests
 */
export function serverArguments(address: ServerAddress, durable: boolean): string[] {
  const settings: Record<string, string> = {
    ...(address.socketDir === undefined
      ? { listen_addresses: '127.0.0.1' }
      : {
          listen_addresses: '',
          unix_socket_directories: `"${address.socketDir.replaceAll('"', '""')}"`,
          unix_socket_permissions: '0700',
        }),
    port: String(address.port),
    max_connections: '200',
    shared_buffers: '32MB',
    // No replication: less to write, fewer processes.
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_logical_replication_workers: '0',
    max_parallel_workers_per_gather: '0',
    io_method: 'sync',
    max_wal_size: '256MB',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    // A row's values and a statement's text stay out of the log.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
