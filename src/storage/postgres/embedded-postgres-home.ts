import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { canEnter, type ServerIdentity } from './embedded-postgres-identity.js';

/** Where root may keep a database whose user cannot reach the data directory; the first that works is taken. */
const PLACES_ELSEWHERE = ['/var/lib/latchkey', '/var/tmp/latchkey'];
const RECORD = 'postgres-location.json';

interface Location {
  readonly note: string;
  /** Where PostgreSQL's files are. */
  readonly path: string;
  /** The data directory that they belong to. */
  readonly for: string;
}

/** Where the cluster of this data directory is, or would be. Changes nothing. */
export async function findHome(dataDir: string): Promise<string> {
  const location = await readLocation(dataDir);
  return location === undefined ? dataDir : location.path;
}

/**
 * Answers the folder that holds the cluster: the data directory itself, or, when the server's user cannot enter that
 * (root's checkout below /root), a folder below /var/lib or /var/tmp, recorded in `postgres-location.json`. The record,
 * not the path, ties the two together: whoever removes the data directory starts anew, and a copy of it starts empty
 * rather than sharing the original's database.
 * @throws {EmbeddedPostgresError} `embedded_postgres_not_permitted` when no folder can be used
 */
export async function settleHome(dataDir: string, identity: ServerIdentity): Promise<string> {
  const location = await readLocation(dataDir);
  if (location !== undefined) {
    if (location.for !== dataDir) await writeLocation(dataDir, location.path);
    return location.path;
  }
  if (await canEnter(dataDir, identity)) return dataDir;
  if (await exists(path.join(dataDir, 'cluster'))) {
    throw new EmbeddedPostgresError(
      'embedded_postgres_not_permitted',
      `User ${identity?.uid ?? ''} owns the database in ${dataDir} but cannot enter that folder any more: chmod o+x it and the folders above it.`,
    );
  }
  const home = await makeHomeElsewhere();
  await writeLocation(dataDir, home);
  return home;
}

async function readLocation(dataDir: string): Promise<Location | undefined> {
  const location = await readRecord(dataDir);
  if (location === undefined || !(await exists(location.path))) return undefined;
  if (location.for === dataDir) return location;
  // Another path: the data directory was moved, unless the one it was made for is still there and says the same.
  const original = await readRecord(location.for);
  return original?.path === location.path ? undefined : location;
}

async function readRecord(dataDir: string): Promise<Location | undefined> {
  const text = await readFile(path.join(dataDir, RECORD), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const record: unknown = JSON.parse(text);
  if (typeof record !== 'object' || record === null || !('path' in record) || !('for' in record))
    return undefined;
  return { note: '', path: String(record.path), for: String(record.for) };
}

async function writeLocation(dataDir: string, home: string): Promise<void> {
  const location: Location = {
    note: `PostgreSQL does not run as root, and its user cannot enter this folder, so the database is kept elsewhere.`,
    path: home,
    for: dataDir,
  };
  const partial = path.join(dataDir, `${RECORD}.${process.pid}`);
  await writeFile(partial, `${JSON.stringify(location, undefined, 2)}\n`);
  await rename(partial, path.join(dataDir, RECORD));
}

async function makeHomeElsewhere(): Promise<string> {
  for (const place of PLACES_ELSEWHERE) {
    try {
      await mkdir(place, { recursive: true });
      // /var/tmp is open to all: a folder that somebody else laid there must not be trusted.
      const found = await lstat(place);
      if (!found.isDirectory() || found.uid !== 0) continue;
      await chmod(place, 0o755);
      const home = path.join(place, randomBytes(8).toString('hex'));
      await mkdir(home);
      await chmod(home, 0o755);
      return home;
    } catch {
      continue;
    }
  }
  throw new EmbeddedPostgresError(
    'embedded_postgres_not_permitted',
    `PostgreSQL does not run as root, its user cannot enter the data directory, and ${PLACES_ELSEWHERE.join(' and ')} cannot be written: choose a DATA_DIR that every user can enter, start as an ordinary user, or set DATABASE_URL.`,
  );
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
