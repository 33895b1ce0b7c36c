import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findBinaries, prepareBinaries, type PostgresBinaries } from './embedded-postgres-binaries.js';
import { answers, isInUse, makeDatabase } from './embedded-postgres-clients.js';
import { ensureCluster, ensurePasswordFile, makePrivateFolder } from './embedded-postgres-cluster.js';
import { EmbeddedPostgresError, errorCode } from './embedded-postgres-error.js';
import { findHome, settleHome } from './embedded-postgres-home.js';
import { chooseServerIdentity, type ServerIdentity } from './embedded-postgres-identity.js';
import { withStartLock } from './embedded-postgres-lock.js';
import {
  isPostmasterOf,
  readPostmaster,
  removeStalePostmaster,
  startServer,
  stopServer,
} from './embedded-postgres-process.js';
import {
  embeddedUrl,
  serverArguments,
  SOCKET_PORT,
  socketFolder,
  type ServerAddress,
} from './embedded-postgres-settings.js';

export interface EmbeddedPostgresOptions {
  /** The folder of the database; made when it is not there. */
  readonly dataDir: string;
  /** False for tests: faster, but a crash of the machine loses the database. Default true. */
  readonly durable?: boolean;
  /** PostgreSQL's programs, where they are not those of the installed package. */
  readonly nativeDir?: string;
}

/** A PostgreSQL server that belongs to a data directory. */
export interface EmbeddedPostgres {
  /** URL of the database `latchkey`, to connect as its superuser. */
  readonly url: string;
  /** False when a server that was running already is used. */
  readonly started: boolean;
  /** Process id of the server. */
  readonly pid: number;
  /**
   * Ends the server if this call's `startEmbeddedPostgres` started it and nobody else is connected: close your own
   * connections first. Otherwise it is left running.
   * @param options.evenIfInUse closes the connections of others instead
   */
  stop(options?: { readonly evenIfInUse?: boolean }): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const RETRY_MS = 50;
const STOP_TIMEOUT_MS = 10_000;
/** How long connections that were just closed may take to vanish from the server's list. */
const CLOSING_CONNECTIONS_MS = 500;

/**
 * Starts a PostgreSQL server for a data directory, or uses the one that runs there already, so that a command beside a
 * running server works on the same database. The server outlives this process unless `stop` ends it; after a `kill -9`
 * the next start finds it.
 * @throws {EmbeddedPostgresError} `embedded_postgres_unavailable` where the binaries are not installed or cannot run,
 *   `embedded_postgres_other_version`, `embedded_postgres_not_permitted`, `embedded_postgres_start_failed`
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = path.resolve(options.dataDir);
  const durable = options.durable ?? true;
  const found = await findBinaries(options.nativeDir);
  await mkdir(dataDir, { recursive: true }).catch((error: unknown) => {
    throw new EmbeddedPostgresError(
      'embedded_postgres_not_permitted',
      `The folder ${dataDir} cannot be made (${errorCode(error) ?? 'no reason given'}): choose another DATA_DIR, or set DATABASE_URL.`,
      { cause: error },
    );
  });
  return withStartLock(path.join(dataDir, 'start.lock'), START_TIMEOUT_MS, async () => {
    const identity = await chooseServerIdentity(path.join(await findHome(dataDir), 'cluster'));
    const home = await settleHome(dataDir, identity);
    const binaries = await prepareBinaries(found, identity, home);
    const clusterDir = await ensureCluster(home, binaries, identity, durable);
    return reuseOrStart({ dataDir, home, clusterDir, binaries, identity, durable });
  });
}

/**
 * Ends a data directory's server unless somebody is connected to it.
 * @param server.pid the server's process id; another server of that data directory is left alone
 * @param server.evenIfInUse closes the connections of others instead
 */
export async function stopEmbeddedPostgres(server: {
  readonly dataDir: string;
  readonly pid: number;
  readonly evenIfInUse?: boolean;
}): Promise<void> {
  const dataDir = path.resolve(server.dataDir);
  const home = await findHome(dataDir);
  const clusterDir = path.join(home, 'cluster');
  if ((await readPostmaster(clusterDir))?.pid !== server.pid) return;
  // Whoever starts meanwhile waits, and then starts a server anew.
  await withStartLock(path.join(dataDir, 'start.lock'), START_TIMEOUT_MS, async () => {
    const running = await readPostmaster(clusterDir);
    if (running?.pid !== server.pid) return;
    if (server.evenIfInUse === true) {
      await stopServer(clusterDir, server.pid, 'SIGINT', STOP_TIMEOUT_MS);
    } else if (!(await isInUse(await serverAddress(home, running.port), CLOSING_CONNECTIONS_MS))) {
      // Whoever connects at this very moment may finish.
      await stopServer(clusterDir, server.pid, 'SIGTERM', STOP_TIMEOUT_MS);
    }
  });
}

interface Server {
  readonly dataDir: string;
  readonly home: string;
  readonly clusterDir: string;
  readonly binaries: PostgresBinaries;
  readonly identity: ServerIdentity;
  readonly durable: boolean;
}

async function reuseOrStart(server: Server): Promise<EmbeddedPostgres> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (let attempt = 0; Date.now() < deadline; attempt += 1) {
    if (attempt > 0) await delay(RETRY_MS);
    const running = await readPostmaster(server.clusterDir);
    if (running !== undefined) {
      const address = await serverAddress(server.home, running.port);
      if (await answers(address))
        return { url: embeddedUrl(address), started: false, pid: running.pid, stop: leave };
      // It starts, recovers or ends; or it is gone and its lock file is what a crash left.
      if (await isPostmasterOf(server.clusterDir, running.pid)) continue;
      await removeStalePostmaster(server.clusterDir);
    }
    const address = await serverAddress(server.home);
    if (address.socketDir !== undefined) await makePrivateFolder(address.socketDir, server.identity);
    const logFile = path.join(server.home, 'postgres.log');
    const pid = await startServer(
      { ...server, logFile, arguments: serverArguments(address, server.durable) },
      START_TIMEOUT_MS,
    );
    if (pid === undefined) continue;
    await makeDatabase(address);
    return {
      url: embeddedUrl(address),
      started: true,
      pid,
      stop: (stopOptions) => stopEmbeddedPostgres({ dataDir: server.dataDir, pid, ...stopOptions }),
    };
  }
  throw new EmbeddedPostgresError(
    'embedded_postgres_start_failed',
    `The PostgreSQL of ${server.clusterDir} neither answers nor ends: end its processes, then start again.`,
  );
}

async function leave(): Promise<void> {
  await Promise.resolve();
}

async function serverAddress(home: string, runningPort?: number): Promise<ServerAddress> {
  if (process.platform !== 'win32') return { socketDir: socketFolder(home), port: SOCKET_PORT };
  const password = await readFile(await ensurePasswordFile(home), 'utf8');
  return { port: runningPort ?? (await freePort()), password };
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  listener.close();
  return typeof address === 'object' && address !== null ? address.port : SOCKET_PORT;
}
