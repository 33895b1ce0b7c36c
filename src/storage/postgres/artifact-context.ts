import type { Knex } from 'knex';
import type { FoundArtifact } from '../../domain/artifacts/artifact.js';
import type { ArtifactCodec } from './artifact-codec.js';
import { BatchLane, type LaneWatcher } from './batch-lane.js';
import { prepared, runPrepared } from './prepared-statement.js';
import { asUnavailable } from './unavailable.js';

/** What an artifact that is kept elsewhere hangs on. */
export interface ArtifactTies {
  readonly grantId: Buffer | null;
  readonly sessionUid: Buffer | null;
  /** The account with whose revocation it ends, or a client as `revokedClient` writes it. */
  readonly accountId: string | null;
}

/** The last revocation of an account or a client. */
export interface RevocationMark {
  /** Grows with every revocation of any of them. */
  readonly epoch: number;
  /** The artifact that stays. */
  readonly keptId: Buffer | null;
}

/** What PostgreSQL knows of an artifact that is kept elsewhere. */
export interface ArtifactContext {
  readonly grant: FoundArtifact | undefined;
  readonly session: FoundArtifact | undefined;
  /** Absent while the account or client was not revoked. */
  readonly revocation: RevocationMark | undefined;
}

export interface ArtifactContexts {
  /** @throws {DomainError} `overloaded`, `storage_unavailable` */
  of(ties: ArtifactTies): Promise<ArtifactContext>;
  /** Removes marks that are older than anything that they could end. @returns how many were removed */
  purge(at: Date): Promise<number>;
}

/** Stands for all accounts and clients, among the revoked ones. */
export const EVERYBODY = '*';

/** Stands for a client, among the revoked accounts: no account has an id like that. */
export function revokedClient(clientId: string): string {
  return `client:${clientId}`;
}

/** Bindings: grants, uids, accounts. Served by artifacts_pkey, artifacts_uid_unique, artifact_revocations_pkey. */
const CONTEXT = prepared(
  'artifacts_context',
  `
  select k.ord::int4, g.id, g.payload, g.version, s.id, s.payload, s.version, r.epoch, r.kept_id
  from unnest(?::bytea[], ?::bytea[], ?::text[]) with ordinality as k (grant_id, session_uid, account_id, ord)
  left join lateral (select id, payload, version from artifacts where id = k.grant_id limit 1) g on true
  left join lateral (select id, payload, version from artifacts where uid = k.session_uid limit 1) s on true
  left join lateral (
    select epoch, kept_id from artifact_revocations
    where account_id in (k.account_id, '${EVERYBODY}') and k.account_id is not null
    order by epoch desc limit 1
  ) r on true`,
);

/** Bindings: now. Served by artifact_revocations_revoked_at_index. An interaction lives for a day at most. */
const PURGE = `
  delete from artifact_revocations where account_id in (
    select account_id from artifact_revocations where revoked_at < cast(? as timestamptz) - interval '2 days'
    order by revoked_at limit 5000 for update skip locked
  )`;

type ContextColumns = [
  ord: number,
  grantId: Buffer | null,
  grantPayload: Buffer | null,
  grantVersion: number | null,
  sessionId: Buffer | null,
  sessionPayload: Buffer | null,
  sessionVersion: number | null,
  epoch: number | null,
  keptId: Buffer | null,
];

/** Reads what artifacts in Redis hang on; the questions of concurrent requests travel together. */
export function createArtifactContexts(
  knex: Knex,
  codec: Pick<ArtifactCodec, 'toArtifact'>,
  watchLane?: LaneWatcher,
): ArtifactContexts {
  const lane = new BatchLane<ArtifactTies, ArtifactContext>({
    concurrency: 2,
    maxBatch: 256,
    maxQueue: 10_000,
    async execute(ties) {
      try {
        const rows = await runPrepared<ContextColumns>(knex, CONTEXT, [
          ties.map(({ grantId }) => grantId),
          ties.map(({ sessionUid }) => sessionUid),
          ties.map(({ accountId }) => accountId),
        ]);
        const contexts = new Map(rows.map((row) => [row[0] - 1, toContext(row)]));
        return ties.map((_, index) => contexts.get(index) ?? NOTHING);
      } catch (error) {
        throw asUnavailable(error);
      }
    },
  });

  watchLane?.('artifacts_context', () => lane.load);

  const found = (id: Buffer | null, payload: Buffer | null, version: number | null) =>
    id && payload && version !== null
      ? codec.toArtifact({ id, payload, consumedAt: null, version })
      : undefined;

  const toContext = (columns: ContextColumns): ArtifactContext => {
    const [, grantId, grantPayload, grantVersion, sessionId, sessionPayload, sessionVersion] = columns;
    const [, , , , , , , epoch, keptId] = columns;
    return {
      grant: found(grantId, grantPayload, grantVersion),
      session: found(sessionId, sessionPayload, sessionVersion),
      revocation: epoch === null ? undefined : { epoch, keptId },
    };
  };

  return {
    of: (ties) => lane.run(ties),
    async purge(at) {
      const { rowCount }: { rowCount: number } = await knex.raw(PURGE, [at]);
      return rowCount;
    },
  };
}

const NOTHING: ArtifactContext = { grant: undefined, session: undefined, revocation: undefined };
