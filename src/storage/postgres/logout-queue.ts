import type { Knex } from 'knex';
import type { LogoutDelivery } from '../../domain/logouts/logout-delivery.js';
import type { LogoutQueue } from '../../domain/logouts/logout-queue.js';
import type { ArtifactCodec } from './artifact-codec.js';
import { membersOf } from './artifact-reader.js';
import { notifyChange } from './change-feed.js';

interface DeliveryRow {
  readonly id: string;
  readonly client_id: string;
  readonly account_id: string;
  readonly sid: string | null;
  readonly state: LogoutDelivery['state'];
  readonly attempts: number;
  readonly next_attempt_at: Date;
  readonly last_failure: string | null;
  readonly created_at: Date;
}

interface EndedRow {
  readonly id: Buffer;
  readonly payload: Buffer;
  readonly account_id: string;
}

/** Sessions that are spread in one transaction. */
const SPREAD = 100;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Milliseconds since 1970 and an id. */
const POSITION = /^(\d{1,15})_([0-9a-f-]{36})$/;

/** Bindings: how many. Served by ended_sessions_pkey; instances do not wait for each other. */
const TAKE_ENDED = `
  delete from ended_sessions where id = any (array(
    select id from ended_sessions limit ? for update skip locked
  ))
  returning id, payload, account_id`;

/** Bindings: lease, now, how many. Served by logout_deliveries_due_index. */
const TAKE = `
  update logout_deliveries set attempts = attempts + 1, next_attempt_at = ?
  where id = any (array(
    select id from logout_deliveries where state = 'pending' and next_attempt_at <= ?
    order by next_attempt_at limit ? for update skip locked
  ))
  returning *`;

/** The table holds nothing else, and what was given up goes after a month. */
const BACKLOG = `
  select
    count(*) filter (where state = 'pending') as pending,
    count(*) filter (where state = 'dead') as dead
  from logout_deliveries`;

/** The queue of back-channel logouts. What the trigger on ended sessions hands on is still sealed. */
export function createLogoutQueue(knex: Knex, codec: Pick<ArtifactCodec, 'toArtifact'>): LogoutQueue {
  const table = () => knex<DeliveryRow>('logout_deliveries');

  return {
    async spread(at) {
      let sessions = 0;
      for (;;) {
        const taken = await knex.transaction(async (transaction) => {
          const { rows } = await transaction.raw<{ rows: EndedRow[] }>(TAKE_ENDED, [SPREAD]);
          const deliveries = rows.flatMap((row) => deliveriesOf(codec, row, at));
          if (deliveries.length > 0) await transaction('logout_deliveries').insert(deliveries);
          return rows.length;
        });
        sessions += taken;
        if (taken < SPREAD) return sessions;
      }
    },
    async add({ clientId, accountId, sid }, at) {
      await table().insert(toRow({ clientId, accountId, sid }, at));
      await notifyChange(knex, 'logout', '');
    },
    async take(limit, at, leaseUntil) {
      const { rows } = await knex.raw<{ rows: DeliveryRow[] }>(TAKE, [leaseUntil, at, limit]);
      return rows.map(toDelivery);
    },
    async done(id) {
      await table().where({ id }).delete();
    },
    async failed(id, failure, retryAt) {
      await table()
        .where({ id })
        .update({
          last_failure: failure,
          ...(retryAt === undefined ? { state: 'dead' } : { next_attempt_at: retryAt }),
        });
    },
    async list({ limit, after, state }) {
      const query = table()
        .orderBy([
          { column: 'created_at', order: 'desc' },
          { column: 'id', order: 'desc' },
        ])
        .limit(limit + 1);
      if (state !== undefined) void query.where({ state });
      if (after !== undefined) {
        const [, milliseconds, id = ''] = POSITION.exec(after) ?? [];
        if (milliseconds === undefined || !UUID.test(id)) return undefined;
        // Served by logout_deliveries_created_at_index.
        void query.whereRaw('(created_at, id) < (?, ?::uuid)', [new Date(Number(milliseconds)), id]);
      }
      const rows = await query;
      const deliveries = rows.slice(0, limit).map(toDelivery);
      const last = rows.length > limit ? deliveries.at(-1) : undefined;
      return { deliveries, next: last && `${last.createdAt.getTime()}_${last.id}` };
    },
    async backlog() {
      const { rows } = await knex.raw<{ rows: [{ pending: number; dead: number }] }>(BACKLOG);
      return rows[0];
    },
    async retry(id, at) {
      if (!UUID.test(id)) return false;
      const changed = await table()
        .where({ id })
        .update({ state: 'pending', attempts: 0, next_attempt_at: at });
      if (changed > 0) await notifyChange(knex, 'logout', '');
      return changed > 0;
    },
    purge: (before) => table().where({ state: 'dead' }).where('created_at', '<', before).delete(),
  };
}

function deliveriesOf(codec: Pick<ArtifactCodec, 'toArtifact'>, row: EndedRow, at: Date) {
  const { payload } = codec.toArtifact({ id: row.id, payload: row.payload, consumedAt: null, version: 0 });
  return Object.entries(membersOf(payload['authorizations'])).map(([clientId, authorization]) => {
    const { sid } = membersOf(authorization);
    return toRow({ clientId, accountId: row.account_id, sid: typeof sid === 'string' ? sid : undefined }, at);
  });
}

function toRow(
  { clientId, accountId, sid }: Pick<LogoutDelivery, 'clientId' | 'accountId' | 'sid'>,
  at: Date,
) {
  return {
    client_id: clientId,
    account_id: accountId,
    sid: sid ?? null,
    next_attempt_at: at,
    created_at: at,
  };
}

function toDelivery(row: DeliveryRow): LogoutDelivery {
  return {
    id: row.id,
    clientId: row.client_id,
    accountId: row.account_id,
    sid: row.sid ?? undefined,
    state: row.state,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    lastFailure: row.last_failure ?? undefined,
    createdAt: row.created_at,
  };
}
