import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';

/** Resolves when so many statements wait for a lock in the database that the client is connected to. */
export async function untilBlocked(client: Client, count: number): Promise<void> {
  for (;;) {
    // Within a transaction the view stays as it was when it was first read.
    await client.query('select pg_stat_clear_snapshot()');
    const { rows } = await client.query<{ waiting: number }>(
      `select count(*)::int as waiting from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if ((rows[0]?.waiting ?? 0) >= count) return;
    // There is no event for it.
    await delay(10);
  }
}
