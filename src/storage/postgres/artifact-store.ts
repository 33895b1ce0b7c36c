import type { Knex } from 'knex';
import type { ArtifactKey, ArtifactLookup, FoundArtifact } from '../../domain/artifacts/artifact.js';
import type { ArtifactStore } from '../../domain/artifacts/artifact-store.js';
import type { ArtifactPurge } from '../../domain/artifacts/purge-artifacts.js';
import { epochSeconds, type Clock } from '../../domain/clock.js';
import type { ArtifactCodec } from './artifact-codec.js';
import { createArtifactWriter } from './artifact-writer.js';
import { FIND, FIND_BY_UID, FIND_BY_USER_CODE, INSERT_UNIQUE, PURGE } from './artifact-statements.js';
import type { AuditAppender } from './audit-trail.js';
import { BatchLane, type LaneWatcher } from './batch-lane.js';
import { runPrepared, type PreparedStatement } from './prepared-statement.js';
import { asUnavailable } from './unavailable.js';

export interface PostgresArtifactStoreOptions {
  readonly knex: Knex;
  readonly codec: ArtifactCodec;
  readonly clock: Clock;
  /** Seconds for which an expired artifact is still found, as clocks differ. */
  readonly clockToleranceSeconds: number;
  readonly auditLog: AuditAppender;
  readonly watchLane?: LaneWatcher | undefined;
}

type FoundColumns = [id: Buffer, payload: Buffer, consumedAt: number | null, version: number];
type Joined<Column> = Column | null;
type LookupColumns = [
  ord: number,
  ...artifact: FoundColumns,
  grantId: Joined<Buffer>,
  grantPayload: Joined<Buffer>,
  grantVersion: Joined<number>,
  sessionId: Joined<Buffer>,
  sessionPayload: Joined<Buffer>,
  sessionVersion: Joined<number>,
];

/** The artifact store over one table of PostgreSQL: one lane for reading, one for writing. */
export function createPostgresArtifactStore(
  options: PostgresArtifactStoreOptions,
): ArtifactStore & ArtifactPurge {
  const { knex, codec, clock } = options;
  const oldestExpiry = (): number => epochSeconds(clock.now()) - options.clockToleranceSeconds;

  const rows = async <Columns extends unknown[]>(
    statement: PreparedStatement,
    values: readonly unknown[],
  ): Promise<Columns[]> => {
    try {
      return await runPrepared<Columns>(knex, statement, values);
    } catch (error) {
      throw asUnavailable(error);
    }
  };

  const finds = new BatchLane<ArtifactKey, ArtifactLookup | undefined>({
    concurrency: 2,
    maxBatch: 256,
    maxQueue: 10_000,
    async execute(keys) {
      const found = await rows<LookupColumns>(FIND, [keys.map((key) => codec.rowId(key)), oldestExpiry()]);
      const lookups = new Array<ArtifactLookup | undefined>(keys.length).fill(undefined);
      for (const columns of found) lookups[columns[0] - 1] = toLookup(columns);
      return lookups;
    },
  });

  const toFound = ([id, payload, consumedAt, version]: FoundColumns): FoundArtifact =>
    codec.toArtifact({ id, payload, consumedAt, version });

  const toLookup = (columns: LookupColumns): ArtifactLookup => {
    const [, id, payload, consumedAt, version] = columns;
    const [, , , , , grantId, grantPayload, grantVersion, sessionId, sessionPayload, sessionVersion] =
      columns;
    return {
      ...toFound([id, payload, consumedAt, version]),
      grant:
        grantId && grantPayload && grantVersion !== null
          ? toFound([grantId, grantPayload, null, grantVersion])
          : undefined,
      session:
        sessionId && sessionPayload && sessionVersion !== null
          ? toFound([sessionId, sessionPayload, null, sessionVersion])
          : undefined,
    };
  };

  const findOne = async (statement: PreparedStatement, hash: Buffer): Promise<FoundArtifact | undefined> => {
    const [found] = await rows<FoundColumns>(statement, [hash, oldestExpiry()]);
    return found && toFound(found);
  };

  options.watchLane?.('artifacts_find', () => finds.load);
  const commit = createArtifactWriter(options);

  return {
    find: (key) => finds.run(key),
    findSessionByUid: (uid) => findOne(FIND_BY_UID, codec.uidHash(uid)),
    findDeviceCodeByUserCode: (userCode) => findOne(FIND_BY_USER_CODE, codec.userCodeHash(userCode)),
    commit,
    async insertUnique(write) {
      const row = codec.toRow(write);
      const inserted = await rows<[number]>(INSERT_UNIQUE, [
        row.id,
        row.model,
        row.payload,
        row.expiresAt,
        row.grantId,
        row.uid,
        row.userCode,
        row.sessionUid,
        row.accountId,
        row.clientId,
      ]);
      return inserted.length === 1;
    },
    async purgeExpired(limit) {
      try {
        const result: { rowCount: number } = await knex.raw(PURGE, [oldestExpiry(), limit]);
        return result.rowCount;
      } catch (error) {
        throw asUnavailable(error);
      }
    },
  };
}
