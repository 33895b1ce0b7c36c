import type { Knex } from 'knex';
import { newAccountId } from '../../domain/accounts/account-id.js';
import type {
  BackchannelAsk,
  BackchannelRequest,
  BackchannelRequestStore,
  PingDelivery,
  PingQueue,
} from '../../domain/ciba/backchannel-request.js';
import type { JsonObject } from '../../domain/json.js';
import type { Sealer } from '../../domain/sealing.js';
import { notifyChange } from './change-feed.js';

interface RequestRow {
  readonly id: string;
  readonly account_id: string;
  readonly client_id: string;
  readonly sealed_request: Buffer;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly ping_attempts: number;
}

type Sealed = Omit<BackchannelAsk, 'accountId' | 'clientId' | 'expiresAt'>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Bindings: account. Requests to one person are counted one after the other. */
const LOCK = `select pg_advisory_xact_lock(hashtextextended('backchannel_requests ' || ?, 0))`;

/** Bindings: account, now, account, since. Served by backchannel_requests_account_index. */
const COUNT = `
  select
    (select count(*) from backchannel_requests where account_id = ? and state = 'pending' and expires_at > ?)::int
      as waiting,
    (select count(*) from backchannel_requests where account_id = ? and created_at > ?)::int as lately`;

/** Bindings: lease, now, how many. Served by backchannel_requests_ping_index. */
const TAKE = `
  update backchannel_requests set ping_attempts = ping_attempts + 1, ping_at = ?
  where id = any (array(
    select id from backchannel_requests where ping_at <= ? order by ping_at limit ? for update skip locked
  ))
  returning *`;

/** Requests on a connection; `add` needs that of a unit of work. */
export function createBackchannelRequestStore(knex: Knex, sealer: Sealer): BackchannelRequestStore {
  const table = () => knex<RequestRow & { state: string; ping_at: Date | null }>('backchannel_requests');

  return {
    async add(ask, at, { waiting, since, most }) {
      await knex.raw(LOCK, [ask.accountId]);
      const counted = await knex.raw<{ rows: { waiting: number; lately: number }[] }>(COUNT, [
        ...[ask.accountId, at],
        ...[ask.accountId, since],
      ]);
      const [count] = counted.rows;
      if (!count || count.waiting >= waiting || count.lately >= most) return undefined;
      const { accountId, clientId, expiresAt, ...sealed } = ask;
      const id = newAccountId(at);
      await table().insert({
        id,
        account_id: accountId,
        client_id: clientId,
        sealed_request: sealer.seal(Buffer.from(JSON.stringify(sealed)), Buffer.from(id)),
        created_at: at,
        expires_at: expiresAt,
      });
      return id;
    },
    async listWaiting(accountId, at) {
      const rows = await table()
        .where({ account_id: accountId, state: 'pending' })
        .where('expires_at', '>', at)
        .orderBy('created_at', 'desc');
      return rows.map((row) => toRequest(row, sealer));
    },
    async decide({ id, accountId, decision }, at, pingAt) {
      if (!UUID.test(id)) return undefined;
      const [row] = await table()
        .where({ id, account_id: accountId, state: 'pending' })
        .where('expires_at', '>', at)
        .update({ state: decision }, '*');
      if (!row) return undefined;
      const request = toRequest(row, sealer);
      if (request.wantsPing) await table().where({ id }).update({ ping_at: pingAt });
      return request;
    },
    async pingNow(id, at) {
      await table().where({ id, ping_attempts: 0 }).whereNotNull('ping_at').update({ ping_at: at });
      await notifyChange(knex, 'ping', '');
    },
    purge: (before) => table().where('expires_at', '<', before).delete(),
  };
}

/** The applications that wait to be told of an answer. */
export function createPingQueue(knex: Knex, sealer: Sealer): PingQueue {
  const table = () => knex<RequestRow & { ping_at: Date | null }>('backchannel_requests');
  return {
    async take(limit, at, leaseUntil) {
      const { rows } = await knex.raw<{ rows: RequestRow[] }>(TAKE, [leaseUntil, at, limit]);
      return rows.map((row) => toPing(row, sealer));
    },
    async done(id) {
      await table().where({ id }).update({ ping_at: null });
    },
    async failed(id, _failure, retryAt) {
      await table()
        .where({ id })
        .update({ ping_at: retryAt ?? null });
    },
  };
}

function toRequest(row: RequestRow, sealer: Sealer): BackchannelRequest {
  const text = sealer.open(row.sealed_request, Buffer.from(row.id)).toString('utf8');
  const sealed = JSON.parse(text) as Omit<Sealed, 'bindingMessage'> & {
    bindingMessage?: string;
    authentication: JsonObject;
  };
  return {
    ...sealed,
    bindingMessage: sealed.bindingMessage,
    id: row.id,
    accountId: row.account_id,
    clientId: row.client_id,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}

function toPing(row: RequestRow, sealer: Sealer): PingDelivery {
  const { id, clientId, authRequestId, expiresAt } = toRequest(row, sealer);
  return { id, clientId, authRequestId, expiresAt, attempts: row.ping_attempts };
}
