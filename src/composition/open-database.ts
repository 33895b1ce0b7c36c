import path from 'node:path';
import type { Config } from '../config/config.js';
import { describeDatabaseFailure } from '../storage/postgres/database-failure.js';
import { openDatabase, type Database } from '../storage/postgres/database.js';
import { migrateToLatest, pendingMigrations } from '../storage/postgres/migrate.js';
import { StartupError } from './startup-error.js';

/** The database of this deployment, open and up to date. */
export interface OpenedDatabase {
  readonly knex: Database;
  readonly url: string;
  /** Whether it is the embedded one. */
  readonly embedded: boolean;
  /** Names of the migrations that were applied now. */
  readonly migrated: readonly string[];
  close(): Promise<void>;
}

/** Connections of one process. */
export const POOL_SIZE = 10;

/**
 * Opens the database that the configuration names, or the embedded one.
 * @param options.migrate brings the schema up to date first
 * @throws {StartupError} saying in one line what is wrong and what to do
 */
export async function openConfiguredDatabase(
  config: Config,
  options: { readonly applicationName: string; readonly migrate: boolean },
): Promise<OpenedDatabase> {
  const server = config.databaseUrl === undefined ? await startEmbedded(config) : undefined;
  const url = config.databaseUrl ?? server?.url ?? '';
  const knex = openDatabase({ url, poolSize: POOL_SIZE, applicationName: options.applicationName });
  const close = async (): Promise<void> => {
    await knex.destroy();
    await server?.stop();
  };
  try {
    const pending = options.migrate ? await pendingMigrations(knex) : [];
    const migrated = pending.length > 0 ? await migrateToLatest(knex) : [];
    return { knex, url, embedded: server !== undefined, migrated, close };
  } catch (error) {
    await close();
    throw new StartupError([describeDatabaseFailure(error, url)], { cause: error });
  }
}

async function startEmbedded(config: Config) {
  try {
    // Loaded on demand: with DATABASE_URL nothing of it is needed.
    const { startEmbeddedPostgres } = await import('../storage/postgres/embedded-postgres.js');
    return await startEmbeddedPostgres({ dataDir: path.join(config.dataDir, 'postgres') });
  } catch (error) {
    throw new StartupError([describeDatabaseFailure(error, '')], { cause: error });
  }
}
