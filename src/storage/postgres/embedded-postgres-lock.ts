import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError, errorCode } from './embedded-postgres-error.js';
import { isProcessAlive } from './embedded-postgres-liveness.js';

const HEARTBEAT_MS = 1_000;
const STALE_AFTER_MS = 20_000;
const RETRY_MS = 20;

/** The content of a lock that this process holds: "<pid> <random>". */
const held = new Set<string>();

/**
 * Runs the work while no other process does the same under this lock file. The lock of a process that was killed is
 * taken over: its pid is gone, or, where the pid was given to another process, its heartbeat has stopped.
 * @param file the lock file, in a folder that exists
 * @param timeoutMs how long to wait for the holder, in milliseconds
 * @throws {EmbeddedPostgresError} `embedded_postgres_start_failed` when the holder does not finish in time
 */
export async function withStartLock<T>(file: string, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const token = `${process.pid} ${randomBytes(8).toString('hex')}`;
  const deadline = Date.now() + timeoutMs;
  held.add(token);
  try {
    while (!(await tryToAcquire(file, token))) {
      if (Date.now() > deadline) {
        throw new EmbeddedPostgresError(
          'embedded_postgres_start_failed',
          `Another process holds ${file} and does not finish starting the database: end that process, or remove the file.`,
        );
      }
      await removeIfStale(file);
      await delay(RETRY_MS);
    }
    const heartbeat = setInterval(() => {
      const now = new Date();
      utimes(file, now, now).catch(() => undefined);
    }, HEARTBEAT_MS);
    try {
      return await work();
    } finally {
      clearInterval(heartbeat);
      if ((await readFile(file, 'utf8').catch(() => '')) === token) await rm(file, { force: true });
    }
  } finally {
    held.delete(token);
  }
}

async function tryToAcquire(file: string, token: string): Promise<boolean> {
  const mine = `${file}.${token.replace(' ', '.')}`;
  await writeFile(mine, token);
  try {
    // A link appears with its content, so that nobody reads a lock that is half written.
    await link(mine, file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    // Some file systems have no links.
    return await writeFile(file, token, { flag: 'wx' }).then(
      () => true,
      (failure: unknown) => {
        if (errorCode(failure) === 'EEXIST') return false;
        throw failure;
      },
    );
  } finally {
    await rm(mine, { force: true });
  }
}

async function removeIfStale(file: string): Promise<void> {
  const [token, found] = await Promise.all([
    readFile(file, 'utf8').catch(() => undefined),
    stat(file).catch(() => undefined),
  ]);
  if (token === undefined || found === undefined) return;
  if (isHolderAlive(token) && Date.now() - found.mtimeMs < STALE_AFTER_MS) return;
  const aside = `${file}.stale.${process.pid}`;
  await rename(file, aside).catch(() => undefined);
  // Another process may have taken the stale lock over in between: then the file just moved is its lock, so put it back.
  const moved = await readFile(aside, 'utf8').catch(() => token);
  if (moved !== token) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

function isHolderAlive(token: string): boolean {
  const pid = Number(token.split(' ')[0]);
  return pid === process.pid ? held.has(token) : isProcessAlive(pid);
}
