import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../../src/storage/postgres/embedded-postgres.js';

/** A PostgreSQL server of a test's own, which can be stopped and started again. */
export interface OwnPostgres {
  /** Of its database, with the rights of a superuser. */
  readonly url: string;
  /** Ends it as its administrator would: whoever is connected is told so. */
  stop(): Promise<void>;
  /** Starts it again, at the same address. */
  start(): Promise<void>;
  /** Ends it, and removes all that it has. */
  remove(): Promise<void>;
}

/** Starts one, which costs some seconds: most tests make do with a database on the common server. */
export async function startOwnPostgres(): Promise<OwnPostgres> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'latchkey-own-postgres-'));
  // As root, the server runs as another user, who must be able to enter.
  await chmod(dataDir, 0o755);
  const start = () => startEmbeddedPostgres({ dataDir, durable: false });
  let running = await start();
  const stop = () => running.stop({ evenIfInUse: true });
  return {
    url: running.url,
    stop,
    async start() {
      running = await start();
    },
    async remove() {
      await stop();
      await rm(dataDir, { recursive: true });
    },
  };
}
