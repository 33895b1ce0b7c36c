import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { programPath, type PostgresBinaries } from './embedded-postgres-binaries.js';
import { EmbeddedPostgresError, errorCode } from './embedded-postgres-error.js';
import type { ServerIdentity } from './embedded-postgres-identity.js';

/** The superuser of an embedded cluster, and the name of its database. */
export const EMBEDDED_NAME = 'latchkey';

const run = promisify(execFile);

/** What the programs of PostgreSQL get to see: no setting of ours and no secret. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = process.platform === 'win32' ? ['PATH', 'SystemRoot', 'TEMP', 'TMP'] : ['PATH'];
  // eslint-disable-next-line no-restricted-properties -- what every program needs is passed on, no setting is read
  const environment = Object.fromEntries(kept.map((name) => [name, process.env[name]]));
  return { ...environment, LC_ALL: 'C' };
}

/**
 * Makes the cluster in `<home>/cluster` unless it is there. It is made aside and renamed when whole, so that a start
 * that was killed half-way leaves nothing that looks like a database.
 * @param durable whether the new files are flushed to disk
 * @returns the cluster's folder
 * @throws {EmbeddedPostgresError} `embedded_postgres_other_version` for a cluster of another major version,
 *   `embedded_postgres_not_permitted`, `embedded_postgres_start_failed`
 */
export async function ensureCluster(
  home: string,
  binaries: PostgresBinaries,
  identity: ServerIdentity,
  durable: boolean,
): Promise<string> {
  const clusterDir = path.join(home, 'cluster');
  const version = await readFile(path.join(clusterDir, 'PG_VERSION'), 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw notPermitted(clusterDir, error);
  });
  if (version === undefined) await makeCluster(clusterDir, binaries, identity, durable);
  else refuseOtherVersion(clusterDir, version.trim(), binaries.major);
  return clusterDir;
}

function refuseOtherVersion(clusterDir: string, found: string, brought: string): void {
  if (found === brought) return;
  throw new EmbeddedPostgresError(
    'embedded_postgres_other_version',
    `The database in ${clusterDir} was made by PostgreSQL ${found}, but this installation brings ${brought}: dump it with pg_dump ${found} and restore it into a new data directory, or start the version of Latchkey that made it.`,
  );
}

async function makeCluster(
  clusterDir: string,
  binaries: PostgresBinaries,
  identity: ServerIdentity,
  durable: boolean,
): Promise<void> {
  await removeUnfinished(clusterDir);
  const partial = `${clusterDir}.${randomBytes(4).toString('hex')}.new`;
  await makePrivateFolder(partial, identity);
  const password =
    process.platform === 'win32' ? await ensurePasswordFile(path.dirname(clusterDir)) : undefined;
  const options = [
    ...['-D', partial, '-U', EMBEDDED_NAME, '--no-instructions'],
    // The built-in provider knows Unicode's case rules (plain C would not lower "Ü") and needs no locale of the system.
    ...['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    // On Unix the socket's folder decides who may connect; Windows has only the network.
    ...(password === undefined ? ['--auth=trust'] : ['--auth=scram-sha-256', `--pwfile=${password}`]),
    ...(durable ? [] : ['--no-sync']),
  ];
  try {
    await run(programPath(binaries, 'initdb'), options, {
      ...identity,
      cwd: path.dirname(clusterDir),
      env: serverEnvironment(),
    });
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw programFailure(error, 'initdb');
  }
  await rename(partial, clusterDir);
  if (durable) await flushFolder(path.dirname(clusterDir));
}

/**
 * Makes a folder that only the server's user can enter.
 * @throws {EmbeddedPostgresError} `embedded_postgres_not_permitted` when it cannot be given to that user
 */
export async function makePrivateFolder(folder: string, identity: ServerIdentity): Promise<void> {
  const existing = await lstat(folder).catch(() => undefined);
  const rightful = [0, process.getuid?.(), identity?.uid];
  // A folder below /tmp may have been laid there by somebody else, or be a link to another one.
  if (existing !== undefined && (!existing.isDirectory() || !rightful.includes(existing.uid))) {
    throw notPermitted(folder);
  }
  try {
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o700);
    if (identity !== undefined) await chown(folder, identity.uid, identity.gid);
  } catch (error) {
    throw notPermitted(folder, error);
  }
  // Some shared folders of virtual machines accept a change of owner and ignore it.
  const owner = (await stat(folder)).uid;
  if (identity !== undefined && owner !== identity.uid) throw notPermitted(folder);
}

/** Where an embedded server on Windows keeps its password; made when it is not there. */
export async function ensurePasswordFile(home: string): Promise<string> {
  const file = path.join(home, 'password');
  await writeFile(file, randomBytes(24).toString('base64url'), { mode: 0o600, flag: 'wx' }).catch(
    (error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    },
  );
  return file;
}

async function removeUnfinished(clusterDir: string): Promise<void> {
  const home = path.dirname(clusterDir);
  const unfinished = (await readdir(home)).filter((name) => /^cluster\.[0-9a-f]+\.new$/.test(name));
  await Promise.all(unfinished.map((name) => rm(path.join(home, name), { recursive: true, force: true })));
}

async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function notPermitted(folder: string, cause?: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'embedded_postgres_not_permitted',
    `The embedded database cannot use ${folder}: give the folder to the user that starts Latchkey, choose another DATA_DIR, or set DATABASE_URL.`,
    { cause },
  );
}

/** Says in one line why a program of PostgreSQL could not be run, or did not succeed. */
export function programFailure(error: unknown, program: string): EmbeddedPostgresError {
  const code = errorCode(error);
  if (code === 'ENOENT' || code === 'EACCES' || code === 'ENOEXEC' || code === 'EPERM' || code === 'EINVAL') {
    return new EmbeddedPostgresError(
      'embedded_postgres_unavailable',
      `The embedded PostgreSQL cannot run here (${program}: ${code}; it needs glibc and, as root, the right to change users): set DATABASE_URL.`,
      { cause: error },
    );
  }
  const output = typeof error === 'object' && error && 'stderr' in error ? String(error.stderr) : '';
  const reason = /(?:error|FATAL|PANIC): .*/.exec(output)?.[0] ?? code ?? 'no reason given';
  const remedy = output.includes('effective user ID')
    ? 'give the user an entry in /etc/passwd, or set DATABASE_URL'
    : 'correct that, or set DATABASE_URL';
  return new EmbeddedPostgresError(
    'embedded_postgres_start_failed',
    `The embedded PostgreSQL did not start (${program}: ${reason}): ${remedy}.`,
    { cause: error },
  );
}
