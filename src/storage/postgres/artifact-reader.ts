import type { Knex } from 'knex';
import type { Clock } from '../../domain/clock.js';
import type { JsonObject, JsonValue } from '../../domain/json.js';
import type { ArtifactCodec } from './artifact-codec.js';
import { asUnavailable } from './unavailable.js';

/** An artifact of an account as it stands in its row. */
export interface ArtifactReading {
  readonly id: Buffer;
  readonly uid: Buffer | null;
  readonly payload: Buffer;
  readonly account_id: string;
  readonly client_id: string | null;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  /** Microseconds since 1970, exactly as the database has them. */
  readonly micros: string;
}

/** The columns of `ArtifactReading`. */
export const READING_COLUMNS = `id, uid, payload, account_id, client_id, created_at, expires_at,
  (extract(epoch from created_at) * 1000000)::bigint::text as micros`;

export interface ArtifactListQuery {
  readonly model: 'Session' | 'Grant';
  readonly limit: number;
  readonly after: string | undefined;
  readonly accountId: string | undefined;
  readonly clientId: string | undefined;
}

export interface ArtifactListPage {
  readonly rows: readonly ArtifactReading[];
  readonly next: string | undefined;
}

/** The column that names an artifact for good, beside its time of creation: the id of a session changes. */
const STABLE = { Session: 'uid', Grant: 'id' } as const;

/** Digits of the microseconds at most: until the year 2286. */
const POSITION = /^(\d{1,16})_([A-Za-z0-9_-]{1,86})$/;

/**
 * Lists what accounts have now, the newest first. Served by artifacts_sessions_index and artifacts_grants_index, or by
 * artifacts_account_id_index and artifacts_client_id_index.
 * @returns undefined when `after` is no place in a list
 */
export async function listArtifacts(
  knex: Knex,
  clock: Clock,
  { model, limit, after, accountId, clientId }: ArtifactListQuery,
): Promise<ArtifactListPage | undefined> {
  const stable = STABLE[model];
  const [, micros = null, hash = ''] = POSITION.exec(after ?? '') ?? [];
  if (after !== undefined && micros === null) return undefined;
  const position = { micros, hash: Buffer.from(hash, 'base64url') };
  const clauses = [
    `model = '${model}' and account_id is not null and (expires_at is null or expires_at > :now)`,
    ...(accountId === undefined ? [] : ['account_id = :accountId']),
    ...(clientId === undefined ? [] : ['client_id = :clientId']),
    ...(micros === null
      ? []
      : [`(created_at, ${stable}) < (timestamptz 'epoch' + :micros * interval '1 microsecond', :hash)`]),
  ];
  const sql = `select ${READING_COLUMNS} from artifacts where ${clauses.join(' and ')}
    order by created_at desc, ${stable} desc limit :limit`;
  try {
    const found = await knex.raw<{ rows: ArtifactReading[] }>(sql, {
      ...position,
      now: clock.now(),
      accountId: accountId ?? null,
      clientId: clientId ?? null,
      limit: limit + 1,
    });
    const rows = found.rows.slice(0, limit);
    const last = found.rows.length > limit ? rows.at(-1) : undefined;
    return { rows, next: last && `${last.micros}_${(last[stable] ?? last.id).toString('base64url')}` };
  } catch (error) {
    throw asUnavailable(error);
  }
}

/** Opens what an artifact holds. Its `jti` is a bearer value and must go nowhere. */
export function openReading(
  codec: Pick<ArtifactCodec, 'toArtifact'>,
  { id, payload }: ArtifactReading,
): JsonObject {
  return codec.toArtifact({ id, payload, consumedAt: null, version: 1 }).payload;
}

/** The members of an object; none of anything else. */
export function membersOf(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** The texts of a list; none of anything else. */
export function textsOf(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
