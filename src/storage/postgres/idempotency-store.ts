import type { Knex } from 'knex';

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

interface KeyRow {
  key: Buffer;
  request: Buffer;
  answer: Answer | null;
}

const LIFETIME = "interval '24 hours'";
/** A request that never ended, since its process did, blocks its key no longer than this. */
const IN_FLIGHT = "interval '2 minutes'";

/** Keys of carried-out requests, in one table. */
export function createIdempotencyStore(knex: Knex) {
  return {
    async claim(key: Buffer, request: Buffer) {
      // Bindings: key, request. A key of which nothing is left to say is taken over.
      const { rows }: { rows: unknown[] } = await knex.raw(
        `insert into idempotency_keys as k (key, request) values (?, ?)
         on conflict (key) do update set request = excluded.request, answer = null, created_at = now()
         where k.created_at < now() - ${LIFETIME} or (k.answer is null and k.created_at < now() - ${IN_FLIGHT})
         returning 1`,
        [key, request],
      );
      if (rows.length > 0) return { state: 'none' } as const;
      const row = await knex<KeyRow>('idempotency_keys').where({ key }).first();
      if (!row) return { state: 'in_flight' } as const;
      if (!row.request.equals(request)) return { state: 'other_request' } as const;
      return row.answer ? ({ state: 'done', ...row.answer } as const) : ({ state: 'in_flight' } as const);
    },
    async finish(key: Buffer, answer: Answer) {
      await knex.raw('update idempotency_keys set answer = ? where key = ?', [JSON.stringify(answer), key]);
    },
    async release(key: Buffer) {
      await knex<KeyRow>('idempotency_keys').where({ key }).delete();
    },
    async purge() {
      const { rowCount }: { rowCount: number } = await knex.raw(
        `delete from idempotency_keys where key in (
           select key from idempotency_keys where created_at < now() - ${LIFETIME} limit 1000 for update skip locked)`,
      );
      return rowCount;
    },
  };
}
