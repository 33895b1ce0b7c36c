import { fault, fine, warning, type Finding } from './finding.js';

/** What a look into the database has shown. */
export interface DatabaseExamination {
  /** As PostgreSQL numbers it, for instance 160004. */
  readonly versionNumber: number;
  /** For instance `16.4`. */
  readonly version: string;
  /** How long the fastest of some questions took, milliseconds. */
  readonly latencyMs: number;
  /** Whether it takes no changes: a standby. */
  readonly readOnly: boolean;
  /** Whether this user may make tables, as migrations do. */
  readonly mayCreate: boolean;
  /** Tables in which this user may not read and write. */
  readonly forbiddenTables: readonly string[];
  /** Connections that are open to the whole server, and how many it takes of ordinary users. */
  readonly connections: { readonly open: number; readonly most: number };
  /** Whether a notification came back to the connection that waited for it. */
  readonly notifies: boolean;
}

/** @see https://www.postgresql.org/support/versioning/ */
const OLDEST_VERSION = 140_000;
/** Milliseconds; a sign-in asks the database some twenty times. */
const SLOW_MS = 20;

/**
 * Whether the database is one that the product can live on.
 * @param poolSize connections that each instance may open
 */
export function checkDatabase(
  { versionNumber, version, latencyMs, readOnly, ...examined }: DatabaseExamination,
  { poolSize }: { readonly poolSize: number },
): readonly Finding[] {
  const { mayCreate, forbiddenTables, connections, notifies } = examined;
  const findings: Finding[] = [];
  if (versionNumber < OLDEST_VERSION) {
    findings.push(
      fault(
        'database.old',
        `PostgreSQL ${version} is too old.`,
        'Upgrade it to 14 or later, best to 16 or later.',
      ),
    );
  }
  if (readOnly) {
    findings.push(
      fault(
        'database.read_only',
        'The database takes no changes: it is a standby.',
        'Name the primary server in DATABASE_URL; with several hosts, add target_session_attrs=read-write.',
      ),
    );
  }
  if (forbiddenTables.length > 0) {
    findings.push(
      fault(
        'database.rights_missing',
        `The user of DATABASE_URL may not read and write ${forbiddenTables.join(', ')}.`,
        'Make it the owner of the tables: REASSIGN OWNED BY their owner TO it.',
      ),
    );
  }
  if (!mayCreate) {
    findings.push(
      warning(
        'database.migration_rights_missing',
        'The user of DATABASE_URL may not make tables: the next upgrade cannot migrate.',
        'Allow it: GRANT CREATE ON SCHEMA public TO it; or run latchkey migrate as a user that may.',
      ),
    );
  }
  if (!notifies) {
    findings.push(
      fault(
        'database.notifications_lost',
        'Notifications (LISTEN, NOTIFY) do not arrive: a pooler hands each transaction to another connection.',
        'Let the pooler pool sessions (PgBouncer: pool_mode = session), or go past it in DATABASE_URL.',
      ),
    );
  }
  // One more listens for changes.
  const free = connections.most - connections.open;
  if (free < poolSize + 1) {
    findings.push(
      warning(
        'database.connections_short',
        `Of ${connections.most} connections that the database takes, ${connections.open} are open; an instance needs up to ${poolSize + 1} more.`,
        'Raise max_connections of PostgreSQL, or run fewer instances.',
      ),
    );
  }
  if (latencyMs > SLOW_MS) {
    findings.push(
      warning(
        'database.slow',
        `The database takes ${Math.round(latencyMs)} ms to answer the simplest question.`,
        'Run the server nearer to its database: in the same zone of the same provider.',
      ),
    );
  }
  if (findings.length > 0) return findings;
  return [
    fine('database.usable', `PostgreSQL ${version} answers within ${Math.max(1, Math.round(latencyMs))} ms.`),
  ];
}
