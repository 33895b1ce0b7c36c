// Brings `dist` up to date, for the tests that start the product. Gives them a PostgreSQL server (TEST_DATABASE_URL, else
// an embedded one) and a migrated database on it that test-database.ts copies.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { tsImport } from 'tsx/esm/api';

const storage = '../../src/storage/postgres';

export default async function globalSetup() {
  const [server] = await Promise.all([process.env.TEST_DATABASE_URL ?? startServer(), buildProduct()]);
  const template = `latchkey_template_${randomBytes(6).toString('hex')}`;
  process.env.LATCHKEY_TEST_SERVER_URL = server;
  process.env.LATCHKEY_TEST_TEMPLATE = template;
  await makeTemplate(server, template);
}

async function buildProduct() {
  const program = path.join(import.meta.dirname, '../../scripts/build.mjs');
  const [exitCode] = await once(
    spawn(process.execPath, [program, '--if-stale'], { stdio: 'inherit' }),
    'close',
  );
  if (exitCode !== 0) throw new Error('The build failed.');
}

async function startServer() {
  const { startEmbeddedPostgres } = await tsImport(`${storage}/embedded-postgres.ts`, import.meta.url);
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'latchkey-test-'));
  // As root, the server runs as another user, who must be able to enter.
  await chmod(dataDir, 0o755);
  const watchdog = await startWatchdog(dataDir);
  const { url } = await startEmbeddedPostgres({ dataDir, durable: false });
  globalThis.latchkeyTestServer = { watchdog };
  return url;
}

// Jest calls no teardown when a setup fails or the run is killed. The watchdog's standard input closes in every case,
// and then it stops the server and removes its folder.
async function startWatchdog(dataDir) {
  const program = path.join(import.meta.dirname, 'database-watchdog.mjs');
  const watchdog = spawn(process.execPath, [program, dataDir], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  await once(watchdog, 'spawn');
  watchdog.unref();
  watchdog.stdin.unref();
  return watchdog;
}

async function makeTemplate(server, template) {
  const { openDatabase } = await tsImport(`${storage}/database.ts`, import.meta.url);
  const { migrateToLatest } = await tsImport(`${storage}/migrate.ts`, import.meta.url);
  const administration = openDatabase({ url: server, poolSize: 1, applicationName: 'latchkey test setup' });
  const url = new URL(server);
  url.pathname = `/${template}`;
  const database = openDatabase({ url: url.href, poolSize: 1, applicationName: 'latchkey test setup' });
  try {
    await administration.raw('create database ??', [template]);
    await migrateToLatest(database);
    await database.destroy();
    // A database that nobody is connected to can be copied at any time.
    await administration.raw('alter database ?? with allow_connections false', [template]);
  } finally {
    await Promise.all([database.destroy(), administration.destroy()]);
  }
}
