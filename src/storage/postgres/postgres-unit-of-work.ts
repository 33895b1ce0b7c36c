import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { AttributedEntry, AuditOrigin } from '../../domain/audit/audit-event.js';
import type { AuditTrail } from '../../domain/audit/audit-log.js';
import type { Stores, UnitOfWork, UnitsOfWork } from '../../domain/unit-of-work.js';
import type { AuditAppender } from './audit-trail.js';
import { asUnavailable } from './unavailable.js';

/** Failures after which the same work may well succeed: the transaction lost against another one. */
const LOST_AGAINST_ANOTHER = new Set(['40001', '40P01']);
const MOST_ATTEMPTS = 5;
/** Milliseconds, times the number of the attempt, at most: spreads out those who lost at the same time. */
const PAUSE = 20;

/**
 * Runs a transaction, and again when it lost against another one (a deadlock, a serialisation failure).
 * @throws what the work throws; a database that is away is a `DomainError` `storage_unavailable`
 * @see PostgreSQL §13.5 Serialization Failure Handling
 */
export async function runTransaction<Result>(
  knex: Knex,
  work: (transaction: Knex) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    // Kept, because a rollback that fails too (the connection is gone) would throw in its place.
    let failure: { readonly error: unknown } | undefined;
    try {
      return await knex.transaction((transaction) =>
        work(transaction).catch((error: unknown) => {
          failure = { error };
          throw error;
        }),
      );
    } catch (outer) {
      const error = failure ? failure.error : outer;
      if (!lostAgainstAnother(error) || attempt === MOST_ATTEMPTS) throw asUnavailable(error);
      await pause(Math.random() * PAUSE * attempt);
    }
  }
}

/**
 * Runs work in a transaction of PostgreSQL, and appends what it recorded to the audit log as the transaction's last act.
 * Work that lost against another transaction is run again, so it must change nothing but the stores that it is given;
 * what it recorded before is forgotten then. Any error rolls back and is thrown on: see `runTransaction`.
 * @param bindStores makes the stores that work on a transaction, with the trail that belongs to it
 */
export function createPostgresUnitsOfWork<Names extends keyof Stores>(
  knex: Knex,
  bindStores: (transaction: Knex, audit: AuditTrail) => Pick<Stores, Names>,
  auditLog: AuditAppender,
): UnitsOfWork<Names> {
  return {
    from: (origin: AuditOrigin): UnitOfWork<Names> => ({
      run: (work) =>
        runTransaction(knex, async (transaction) => {
          const recorded: AttributedEntry[] = [];
          const audit: AuditTrail = {
            record: (entry) => void recorded.push({ origin, entry }),
          };
          const result = await work(bindStores(transaction, audit));
          await auditLog.append(transaction, recorded);
          return result;
        }),
    }),
  };
}

/** Whether the same work may well succeed when it is run again. */
export function lostAgainstAnother(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    LOST_AGAINST_ANOTHER.has(error.code)
  );
}
