import { describeDatabaseFailure } from '../storage/postgres/database-failure.js';
import { asUnavailable, DatabaseUnavailableError } from '../storage/postgres/unavailable.js';
import type { OpenedDatabase } from './open-database.js';
import { StartupError } from './startup-error.js';

/** Tells a database that went away, or takes no changes, while something was started from a fault of ours. */
export function asStartFailure(error: unknown, { url }: Pick<OpenedDatabase, 'url'>): unknown {
  const failure = asUnavailable(error);
  if (!(failure instanceof DatabaseUnavailableError)) return error;
  return new StartupError([describeDatabaseFailure(failure.cause, url)], { cause: error });
}
