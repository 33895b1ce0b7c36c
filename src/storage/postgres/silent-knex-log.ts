import type { Knex } from 'knex';

/** Knex writes lost connections to the console by itself; whoever runs the query gets the error anyway, and logs it. */
export const silentKnexLog: Knex.Logger = {
  warn: () => undefined,
  error: () => undefined,
  deprecate: () => undefined,
  debug: () => undefined,
};
