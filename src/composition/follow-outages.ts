import type { Logger } from '../observability/logger.js';
import { askDatabase } from '../storage/postgres/ask-database.js';
import { renewConnections, type Database } from '../storage/postgres/database.js';
import { describeDatabaseFailure } from '../storage/postgres/database-failure.js';
import { DatabaseUnavailableError } from '../storage/postgres/unavailable.js';

/** Milliseconds between two questions while the database is away, and that it has for an answer. */
const ASK_AGAIN_MS = 1_000;
const ANSWER_MS = 2_000;
/** Milliseconds between two lines about an outage that lasts. */
const TELL_AGAIN_MS = 60_000;

/** Follows outages of the database, so that the many who notice one do not all tell of it. */
export interface Outages {
  /** @returns whether this was the database's being away, of which the log is told here */
  noticed(error: unknown): boolean;
  stop(): void;
}

/**
 * Tells the log when an outage of the database begins, when its reason is another and once a minute while it lasts, and when
 * it is over, which is asked every second. Connections that outlive the outage and lead nowhere are made anew meanwhile.
 */
export function followOutages(
  { knex, url }: { readonly knex: Database; readonly url: string },
  logger: Logger,
): Outages {
  let timer: NodeJS.Timeout | undefined;
  let begunAt: number | undefined;
  let told = { text: '', at: -Infinity };
  let stopped = false;

  const tell = ({ cause, code }: DatabaseUnavailableError): void => {
    const text = describeDatabaseFailure(cause, url);
    if (text === told.text && performance.now() - told.at < TELL_AGAIN_MS) return;
    told = { text, at: performance.now() };
    const [what = '', remedy] = text.split(/: (.*)/s);
    logger.warn('the database cannot be used; trying again', {
      errorCode: code,
      errorDetail: what,
      ...(remedy === undefined ? {} : { remedy }),
    });
  };
  const end = (): void => {
    const durationMs = Math.round(performance.now() - (begunAt ?? 0));
    begunAt = undefined;
    told = { text: '', at: -Infinity };
    logger.info('the database answers again', { durationMs });
  };
  const ask = async (): Promise<void> => {
    try {
      await askDatabase(knex, ANSWER_MS);
      if (!stopped) end();
    } catch (error) {
      if (stopped) return;
      if (error instanceof DatabaseUnavailableError) {
        if (error.connectionsAreStale) renewConnections(knex);
        tell(error);
      }
      askLater();
    }
  };
  const askLater = (): void => {
    timer = setTimeout(() => void ask(), ASK_AGAIN_MS).unref();
  };

  return {
    noticed(error) {
      if (!(error instanceof DatabaseUnavailableError)) return false;
      if (begunAt === undefined && !stopped) {
        begunAt = performance.now();
        if (error.connectionsAreStale) renewConnections(knex);
        tell(error);
        askLater();
      }
      return true;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
