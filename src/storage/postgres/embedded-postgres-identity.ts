import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** The user that the server runs as; undefined means the user of this process. */
export type ServerIdentity = { readonly uid: number; readonly gid: number } | undefined;

const UNPRIVILEGED_USERS = ['postgres', 'nobody'];

/**
 * Chooses the user that the server runs as. PostgreSQL refuses to run as root, so root steps down to the owner of the
 * existing cluster, else to `postgres`, else to `nobody`. initdb needs a user that /etc/passwd knows.
 * @param clusterDir where the cluster is, or would be
 * @throws {EmbeddedPostgresError} `embedded_postgres_unavailable` for root without a user to step down to,
 *   `embedded_postgres_not_permitted` when the cluster belongs to another user
 */
export async function chooseServerIdentity(clusterDir: string): Promise<ServerIdentity> {
  const ownUid = process.getuid?.();
  if (ownUid === undefined) return undefined;
  const cluster = await stat(clusterDir).catch(() => undefined);
  if (ownUid !== 0) {
    if (cluster === undefined || cluster.uid === ownUid) return undefined;
    throw new EmbeddedPostgresError(
      'embedded_postgres_not_permitted',
      `The database in ${clusterDir} belongs to user ${cluster.uid}: start as that user or as root, or choose another DATA_DIR.`,
    );
  }
  if (cluster !== undefined && cluster.uid !== 0) return { uid: cluster.uid, gid: cluster.gid };
  return unprivilegedUser(await readFile('/etc/passwd', 'utf8').catch(() => ''));
}

function unprivilegedUser(passwd: string): ServerIdentity {
  const entries = passwd.split('\n').map((line) => line.split(':'));
  for (const user of UNPRIVILEGED_USERS) {
    const entry = entries.find(([name]) => name === user);
    const [uid, gid] = [Number(entry?.[2]), Number(entry?.[3])];
    if (Number.isInteger(uid) && Number.isInteger(gid) && uid !== 0) return { uid, gid };
  }
  throw new EmbeddedPostgresError(
    'embedded_postgres_unavailable',
    'PostgreSQL does not run as root and there is no user "postgres" or "nobody" to run it as: start as an ordinary user, or set DATABASE_URL.',
  );
}

/** Whether that user can enter the folder and every folder above it, by their permission bits. */
export async function canEnter(directory: string, identity: ServerIdentity): Promise<boolean> {
  if (identity === undefined) return true;
  let folder = await realpath(directory).catch(() => undefined);
  while (folder !== undefined) {
    if (!(await permits(folder, identity, 0o1))) return false;
    const parent = path.dirname(folder);
    folder = parent === folder ? undefined : parent;
  }
  return true;
}

/** Whether the permission bits of that file give the user this access: 4 read, 2 write, 1 execute, or their sum. */
export async function permits(file: string, identity: ServerIdentity, access: number): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) return false;
  const uid = identity?.uid ?? process.getuid?.();
  const gid = identity?.gid ?? process.getgid?.();
  if (uid === undefined) return true;
  const shift = found.uid === uid ? 6 : found.gid === gid ? 3 : 0;
  return ((found.mode >> shift) & access) === access;
}
