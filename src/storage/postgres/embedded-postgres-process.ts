import { execFile, spawn } from 'node:child_process';
import { open, readFile, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { programPath, type PostgresBinaries } from './embedded-postgres-binaries.js';
import { programFailure, serverEnvironment } from './embedded-postgres-cluster.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import type { ServerIdentity } from './embedded-postgres-identity.js';
import { isProcessAlive } from './embedded-postgres-liveness.js';

const POLL_MS = 10;
const LARGEST_LOG_BYTES = 10 * 1024 * 1024;
const run = promisify(execFile);

/** What the server's own lock file says. @see https://www.postgresql.org/docs/18/storage-file-layout.html */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** `starting`, `ready`, `stopping` or `standby`. */
  readonly status: string;
}

/** Reads `postmaster.pid`; undefined when there is none or it is half written. */
export async function readPostmaster(clusterDir: string): Promise<Postmaster | undefined> {
  const text = await readFile(path.join(clusterDir, 'postmaster.pid'), 'utf8').catch(() => '');
  const [pid, , , port, , , , status] = text.split('\n');
  if (!/^\d+$/.test(pid ?? '')) return undefined;
  return { pid: Number(pid), port: Number(port ?? 0), status: (status ?? '').trim() };
}

/**
 * Whether that process is the server of that cluster: after a crash or a restart of the container the number may have
 * gone to another process, and PostgreSQL itself would then refuse to start.
 */
export async function isPostmasterOf(clusterDir: string, pid: number): Promise<boolean> {
  if (!isProcessAlive(pid)) return false;
  const cluster = await realpath(clusterDir);
  if (process.platform === 'linux') {
    return (await readlink(`/proc/${pid}/cwd`).catch(() => undefined)) === cluster;
  }
  if (process.platform === 'win32') return true;
  const { stdout } = await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  return stdout.includes(clusterDir);
}

/** Removes the lock file of a server that is gone. The server's shared memory guards the cluster even without it. */
export async function removeStalePostmaster(clusterDir: string): Promise<void> {
  await rm(path.join(clusterDir, 'postmaster.pid'), { force: true });
}

/**
 * Starts the server, detached, so that neither Ctrl-C nor the death of this process ends it before its clients.
 * @param logFile what the server says goes there
 * @param timeoutMs how long it may take, recovery after a crash included, in milliseconds
 * @returns its process id when it is ready; undefined when another server has, or still holds, the cluster
 * @throws {EmbeddedPostgresError} `embedded_postgres_start_failed`, `embedded_postgres_unavailable`
 */
export async function startServer(
  server: {
    readonly binaries: PostgresBinaries;
    readonly identity: ServerIdentity;
    readonly clusterDir: string;
    readonly arguments: readonly string[];
    readonly logFile: string;
  },
  timeoutMs: number,
): Promise<number | undefined> {
  await setLargeLogAside(server.logFile);
  const log = await open(server.logFile, 'a');
  const logStart = (await log.stat()).size;
  const windows = process.platform === 'win32';
  // Windows lets no administrator run the server itself; pg_ctl gives up that privilege first.
  const child = spawn(
    programPath(server.binaries, windows ? 'pg_ctl' : 'postgres'),
    windows
      ? ['start', '-W', '-s', '-D', server.clusterDir, '-l', server.logFile, '-o', server.arguments.join(' ')]
      : ['-D', server.clusterDir, ...server.arguments],
    {
      ...server.identity,
      detached: true,
      cwd: path.dirname(server.clusterDir),
      env: serverEnvironment(),
      stdio: ['ignore', log.fd, log.fd],
    },
  );
  const outcome: { failure?: Error; ended: boolean } = { ended: false };
  child.on('error', (error) => {
    outcome.failure = error;
  });
  child.on('exit', (code) => {
    outcome.ended = !windows || code !== 0;
  });
  child.unref();
  await log.close();

  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    await delay(POLL_MS);
    if (outcome.failure !== undefined) throw programFailure(outcome.failure, 'postgres');
    const postmaster = await readPostmaster(server.clusterDir);
    if (postmaster?.status === 'ready' && (windows || postmaster.pid === child.pid)) return postmaster.pid;
    if (!outcome.ended) continue;
    const said = (await readFile(server.logFile)).subarray(logStart).toString();
    if (/lock file .* already exists|shared memory block .* is still in use/.test(said)) return undefined;
    throw programFailure({ stderr: said }, `postgres, see ${server.logFile}`);
  }
  throw new EmbeddedPostgresError(
    'embedded_postgres_start_failed',
    `The embedded PostgreSQL was not ready after ${timeoutMs / 1000} s: see ${server.logFile}.`,
  );
}

async function setLargeLogAside(logFile: string): Promise<void> {
  const size = await stat(logFile).then(
    (found) => found.size,
    () => 0,
  );
  if (size > LARGEST_LOG_BYTES) await rename(logFile, `${logFile}.1`);
}

/**
 * Asks the server to end and waits for it.
 * @param signal SIGTERM lets clients that are connected finish; SIGINT closes their connections
 * @param timeoutMs how long to wait, in milliseconds; the server ends later by itself when that is not enough
 */
export async function stopServer(
  clusterDir: string,
  pid: number,
  signal: 'SIGTERM' | 'SIGINT',
  timeoutMs: number,
): Promise<void> {
  if ((await readPostmaster(clusterDir))?.pid !== pid || !isProcessAlive(pid)) return;
  process.kill(pid, signal);
  const deadline = Date.now() + timeoutMs;
  while (isProcessAlive(pid) && Date.now() < deadline) await delay(POLL_MS);
}
