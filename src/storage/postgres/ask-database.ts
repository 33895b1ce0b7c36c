import { withDeadline } from '../with-deadline.js';
import type { Database } from './database.js';
import { asUnavailable } from './unavailable.js';

/** Errors that PostgreSQL and pg would give, for what they do not tell by themselves. */
const takesNoChanges = (): Error =>
  Object.assign(new Error('cannot execute writes in a read-only transaction'), { code: '25006' });
const isSilent = (): Error => new Error('read timeout: no answer to a simple question');

/**
 * Resolves when the database answers and takes changes.
 * @param withinMs milliseconds that it has for it
 * @throws {DatabaseUnavailableError}
 */
export async function askDatabase(database: Database, withinMs: number): Promise<void> {
  try {
    const asked = database.raw<{ rows: { read_only: string }[] }>(
      "select current_setting('transaction_read_only') as read_only",
    );
    const { rows } = await withDeadline(asked, withinMs, isSilent);
    if (rows[0]?.read_only !== 'off') throw takesNoChanges();
  } catch (error) {
    throw asUnavailable(error);
  }
}
