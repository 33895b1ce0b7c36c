import type { Config } from '../config/config.js';
import { describeDatabaseFailure } from '../storage/postgres/database-failure.js';
import { migrateToLatest, pendingMigrations, rollBackLast } from '../storage/postgres/migrate.js';
import { openConfiguredDatabase } from './open-database.js';
import { StartupError } from './startup-error.js';

const ACTIONS = { status: pendingMigrations, latest: migrateToLatest, rollback: rollBackLast };

/**
 * Runs what `latchkey migrate` asks for.
 * @returns the migrations that are pending, were applied, or were taken back
 * @throws {StartupError} saying in one line what is wrong and what to do
 */
export async function runMigrations<Action extends keyof typeof ACTIONS>(
  config: Config,
  action: Action,
): Promise<{ readonly action: Action; readonly migrations: readonly string[] }> {
  const database = await openConfiguredDatabase(config, {
    applicationName: 'latchkey-migrate',
    migrate: false,
  });
  try {
    return { action, migrations: await ACTIONS[action](database.knex) };
  } catch (error) {
    throw new StartupError([describeDatabaseFailure(error, database.url)], { cause: error });
  } finally {
    await database.close();
  }
}
