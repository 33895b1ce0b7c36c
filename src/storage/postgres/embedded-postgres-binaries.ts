import { chmod, cp, lstat, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { EmbeddedPostgresError, errorCode } from './embedded-postgres-error.js';
import { canEnter, permits, type ServerIdentity } from './embedded-postgres-identity.js';

/** The programs of one PostgreSQL version, as a platform package brings them. */
export interface PostgresBinaries {
  /** The folder that holds `bin`, `lib` and `share`. */
  readonly nativeDir: string;
  /** The package's version, for instance `18.4.0-beta.17`. */
  readonly version: string;
  /** PostgreSQL's major version, for instance `18`: what PG_VERSION of a cluster must say. */
  readonly major: string;
}

/**
 * Finds the platform package `@embedded-postgres/<platform>-<arch>`, a development dependency.
 * @param nativeDir use these binaries instead of the installed package's
 * @throws {EmbeddedPostgresError} `embedded_postgres_unavailable` when it is not installed
 */
export async function findBinaries(nativeDir = installedNativeDir()): Promise<PostgresBinaries> {
  const text = await readFile(path.join(nativeDir, '..', 'package.json'), 'utf8').catch((error: unknown) => {
    throw notInstalled(nativeDir, error);
  });
  const manifest: unknown = JSON.parse(text);
  const version =
    typeof manifest === 'object' && manifest && 'version' in manifest ? String(manifest.version) : '';
  return { nativeDir, version, major: /^\d+/.exec(version)?.[0] ?? '' };
}

function notInstalled(what: string, cause: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'embedded_postgres_unavailable',
    `No embedded PostgreSQL is installed (${what}): set DATABASE_URL, for instance postgresql://user:password@host:5432/latchkey.`,
    { cause },
  );
}

function installedNativeDir(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return path.join(createRequire(import.meta.url).resolve(name), '..', '..', 'native');
  } catch (error) {
    throw notInstalled(name, error);
  }
}

/** The path of one of the programs. */
export function programPath(binaries: PostgresBinaries, program: 'initdb' | 'postgres' | 'pg_ctl'): string {
  return path.join(binaries.nativeDir, 'bin', process.platform === 'win32' ? `${program}.exe` : program);
}

/**
 * Makes the binaries runnable: npm packages carry no symbolic links, and install scripts, which would make them, may be
 * blocked. Where the package cannot be changed or the server's user cannot reach it, a copy is made.
 * @param copyParent a folder that the server's user can enter; the copy is `native-<version>` in it
 */
export async function prepareBinaries(
  binaries: PostgresBinaries,
  identity: ServerIdentity,
  copyParent: string,
): Promise<PostgresBinaries> {
  if (process.platform === 'win32') return binaries;
  if (await isReachable(binaries.nativeDir, identity)) {
    try {
      await makeLinks(binaries.nativeDir);
      return binaries;
    } catch (error) {
      if (!['EACCES', 'EPERM', 'EROFS'].includes(errorCode(error) ?? '')) throw error;
    }
  }
  const copy = path.join(copyParent, `native-${binaries.version}`);
  if (!(await isReachable(copy, identity))) await copyNative(binaries.nativeDir, copy);
  return { ...binaries, nativeDir: copy };
}

async function isReachable(nativeDir: string, identity: ServerIdentity): Promise<boolean> {
  const answers = await Promise.all([
    canEnter(path.join(nativeDir, 'bin'), identity),
    permits(path.join(nativeDir, 'bin', 'postgres'), identity, 0o5),
    permits(path.join(nativeDir, 'bin', 'initdb'), identity, 0o5),
    permits(path.join(nativeDir, 'lib'), identity, 0o5),
    permits(path.join(nativeDir, 'share', 'postgresql', 'postgres.bki'), identity, 0o4),
  ]);
  return answers.every(Boolean);
}

async function makeLinks(nativeDir: string): Promise<void> {
  for (const { source, target } of await readLinks(nativeDir)) {
    // Paths in the list start with the folder's own name, "native/".
    const link = path.join(nativeDir, '..', target);
    const existing = await lstat(link).catch(() => undefined);
    if (existing !== undefined) continue;
    await symlink(path.relative(path.dirname(target), source), link).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
  }
}

async function readLinks(nativeDir: string): Promise<{ source: string; target: string }[]> {
  const text = await readFile(path.join(nativeDir, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links: unknown = JSON.parse(text);
  if (!Array.isArray(links)) return [];
  return links.filter(
    (link: unknown): link is { source: string; target: string } =>
      typeof link === 'object' &&
      link !== null &&
      'source' in link &&
      'target' in link &&
      typeof link.source === 'string' &&
      typeof link.target === 'string',
  );
}

async function copyNative(nativeDir: string, copy: string): Promise<void> {
  const partial = path.join(`${copy}.${process.pid}`, 'native');
  await rm(path.dirname(partial), { recursive: true, force: true });
  // Static libraries serve compilers only.
  await cp(nativeDir, partial, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !source.endsWith('.a'),
  });
  await openToAll(partial);
  await makeLinks(partial);
  await rm(copy, { recursive: true, force: true });
  await rename(partial, copy);
  await rm(path.dirname(partial), { recursive: true, force: true });
}

async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(file);
    else if (entry.isFile()) await chmod(file, 0o755);
  }
}
