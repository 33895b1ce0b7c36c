import type { Knex } from 'knex';
import type { Clock } from '../../domain/clock.js';
import type { JsonObject } from '../../domain/json.js';
import type { Session, SessionDevice } from '../../domain/sessions/session.js';
import type { SessionStore } from '../../domain/sessions/session-store.js';
import { readUpstreamSession } from '../../domain/upstream/upstream-session.js';
import type { ArtifactCodec } from './artifact-codec.js';
import {
  listArtifacts,
  membersOf,
  openReading,
  READING_COLUMNS,
  textsOf,
  type ArtifactReading,
} from './artifact-reader.js';

/** Bindings: hashed uid, account or null, the same again. Served by artifacts_uid_unique. */
const END = `
  delete from artifacts
  where uid = ? and model = 'Session' and account_id is not null and (?::text is null or account_id = ?)
  returning ${READING_COLUMNS}`;

/** Bindings: account, hashed uid. Served by artifacts_account_id_index. */
const END_OTHERS = `
  delete from artifacts
  where account_id = ? and model = 'Session' and uid is distinct from ?
  returning ${READING_COLUMNS}`;

/** Bindings: ids of grants, account. Served by artifacts_pkey, artifacts_grant_id_index. */
const END_GRANTS = `
  with roots as (
    delete from artifacts where id = any (?::bytea[]) and model = 'Grant' and account_id = ? returning id
  )
  delete from artifacts where grant_id in (select id from roots)`;

export interface SessionStoreOptions {
  readonly codec: Pick<ArtifactCodec, 'toArtifact' | 'grantRowId'>;
  readonly clock: Clock;
}

/**
 * The sessions among the artifacts, opened for those who administer them. The value of a session's cookie stays here.
 * @param knex the pool, or the transaction of a unit of work
 */
export function createSessionStore(knex: Knex, { codec, clock }: SessionStoreOptions): SessionStore {
  const endGrantsOf = async (row: ArtifactReading): Promise<Session> => {
    const payload = openReading(codec, row);
    const grants = grantsOf(payload).map((grantId) => codec.grantRowId(grantId));
    if (grants.length > 0) await knex.raw(END_GRANTS, [grants, row.account_id]);
    return toSession(row, payload);
  };

  return {
    async list({ limit, after, accountId }) {
      const page = await listArtifacts(knex, clock, {
        model: 'Session',
        limit,
        after,
        accountId,
        clientId: undefined,
      });
      return (
        page && { sessions: page.rows.map((row) => toSession(row, openReading(codec, row))), next: page.next }
      );
    },

    async end(id, accountId) {
      if (!/^[A-Za-z0-9_-]{1,86}$/.test(id)) return undefined;
      const uid = Buffer.from(id, 'base64url');
      const account = accountId ?? null;
      const { rows } = await knex.raw<{ rows: ArtifactReading[] }>(END, [uid, account, account]);
      const [row] = rows;
      return row && endGrantsOf(row);
    },

    async endOthers(accountId, keptId) {
      const { rows } = await knex.raw<{ rows: ArtifactReading[] }>(END_OTHERS, [
        accountId,
        Buffer.from(keptId, 'base64url'),
      ]);
      const ended: Session[] = [];
      for (const row of rows) ended.push(await endGrantsOf(row));
      return ended;
    },
  };
}

function toSession(row: ArtifactReading, payload: JsonObject): Session {
  const { loginTs, amr, authorizations, device, upstream } = payload;
  return {
    id: (row.uid ?? row.id).toString('base64url'),
    accountId: row.account_id,
    signedInAt: typeof loginTs === 'number' ? new Date(loginTs * 1000) : undefined,
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
    amr: textsOf(amr),
    clientIds: Object.keys(membersOf(authorizations)).sort(),
    device: toDevice(membersOf(device)),
    upstream: readUpstreamSession(upstream),
  };
}

function toDevice({ userAgent, network, seenAt }: JsonObject): SessionDevice | undefined {
  if (typeof seenAt !== 'number') return undefined;
  return {
    userAgent: typeof userAgent === 'string' ? userAgent : undefined,
    network: typeof network === 'string' ? network : undefined,
    seenAt: new Date(seenAt * 1000),
  };
}

/** The grants that a logout ends: those without `offline_access`. */
function grantsOf({ authorizations }: JsonObject): readonly string[] {
  return Object.values(membersOf(authorizations))
    .map(membersOf)
    .flatMap(({ grantId, persistsLogout }) =>
      typeof grantId === 'string' && persistsLogout !== true ? [grantId] : [],
    );
}
