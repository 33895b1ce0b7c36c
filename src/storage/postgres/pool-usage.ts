import type { Knex } from 'knex';

/** The connections of a pool, now. */
export interface PoolUsage {
  readonly used: number;
  readonly idle: number;
  /** Requests that wait for a connection. */
  readonly waiting: number;
  readonly max: number;
}

/** What is read of the pool (tarn.js), of which Knex's types tell nothing. */
interface Pool {
  readonly max: number;
  numUsed(): number;
  numFree(): number;
  numPendingAcquires(): number;
}

/** Looks at the pool of a database; undefined when it is closed. */
export function poolUsage(knex: Knex): PoolUsage | undefined {
  const { pool } = knex.client as { readonly pool?: Pool };
  return (
    pool && { used: pool.numUsed(), idle: pool.numFree(), waiting: pool.numPendingAcquires(), max: pool.max }
  );
}
