import { askDatabase } from '../storage/postgres/ask-database.js';
import type { Application } from './application.js';

/** Milliseconds that the database has to say that it is there: load balancers do not wait for long either. */
const DATABASE_MS = 2_000;

/** Whether requests can be served; a failure says no as well. */
export function createReadiness({ database, redis }: Pick<Application, 'database' | 'redis'>): {
  readonly isReady: () => Promise<boolean>;
  /** From now on they cannot. */
  readonly leave: () => void;
} {
  let leaving = false;
  return {
    async isReady() {
      if (leaving) return false;
      await Promise.all([askDatabase(database.knex, DATABASE_MS), redis?.ping()]);
      return true;
    },
    leave() {
      leaving = true;
    },
  };
}
