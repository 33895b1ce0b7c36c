import { spawn } from 'node:child_process';
import path from 'node:path';
import type { Knex } from 'knex';
import { startEmbeddedPostgres } from './src/storage/postgres/embedded-postgres.js';
import { migrationConfiguration } from './src/storage/postgres/migration-configuration.js';

/**
 * For Knex's command line: `npm run knex -- migrate:status`. It works on DATABASE_URL, else on the embedded database of
 * DATA_DIR, whether the server runs or not.
 */
export default async function knexConfiguration(): Promise<Knex.Config> {
  return migrationConfiguration({
    connectionString: process.env.DATABASE_URL ?? (await embeddedDatabaseUrl()),
  });
}

async function embeddedDatabaseUrl(): Promise<string> {
  const dataDir = path.resolve(import.meta.dirname, process.env.DATA_DIR ?? 'data', 'postgres');
  const { url, started, pid } = await startEmbeddedPostgres({ dataDir });
  // The command line leaves by process.exit, with its connection open: what ends the database must outlive it.
  if (started) process.once('exit', () => stopLater(dataDir, pid));
  return url;
}

function stopLater(dataDir: string, pid: number): void {
  const module = new URL('./src/storage/postgres/embedded-postgres.ts', import.meta.url).href;
  const program = `
    const { stopEmbeddedPostgres } = await import(process.argv[1]);
    await stopEmbeddedPostgres({ dataDir: process.argv[2], pid: Number(process.argv[3]) });
  `;
  spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', program, module, dataDir, String(pid)],
    { cwd: import.meta.dirname, detached: true, stdio: 'ignore' },
  ).unref();
}
