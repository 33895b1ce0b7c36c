import type { ArtifactModel, ArtifactWrite } from '../../domain/artifacts/artifact.js';
import type {
  ArtifactChanges,
  ArtifactReplacement,
  ArtifactStore,
  CommitOutcome,
} from '../../domain/artifacts/artifact-store.js';
import { epochSeconds, type Clock } from '../../domain/clock.js';
import type { ArtifactCodec, ArtifactRow } from '../postgres/artifact-codec.js';
import { revokedClient, type ArtifactContexts, type RevocationMark } from '../postgres/artifact-context.js';
import { createArtifactRows, type RedisArtifact, type RowWrite } from './artifact-rows.js';
import type { Redis } from './redis.js';

/**
 * What is kept in Redis: it lives for minutes, is listed nowhere, and if it is lost somebody begins anew, or a client asks
 * again. Whatever yields tokens, is administered, or must not be forgotten is in PostgreSQL.
 * @see docs/decisions/0021-short-lived-state-in-redis.md
 */
const SHORT_LIVED: ReadonlySet<ArtifactModel> = new Set<ArtifactModel>([
  'JwtAccessToken',
  'Interaction',
  'PushedAuthorizationRequest',
]);

/** What a request has added before PostgreSQL decides. */
interface Inserted {
  /** What is to be written after it. */
  readonly postponed: readonly ArtifactWrite[];
  /** Takes back what must not stay, when PostgreSQL does not take its part. */
  readonly undo: () => Promise<void>;
}

export interface RedisArtifactStoreOptions {
  readonly redis: Redis;
  /** Holds everything else. */
  readonly durable: ArtifactStore;
  readonly contexts: ArtifactContexts;
  readonly codec: ArtifactCodec;
  readonly clock: Clock;
  /** Seconds for which an expired artifact is still found, as clocks differ. */
  readonly clockToleranceSeconds: number;
}

/**
 * The artifact store with its short-lived part in Redis. What a request adds there is written before PostgreSQL decides, when
 * nobody knows of it yet; what it changes or removes there, after. So a failure in between leaves nothing behind that counts,
 * and a request that is sent again finds things as they were.
 */
export function createRedisArtifactStore(options: RedisArtifactStoreOptions): ArtifactStore {
  const { durable, contexts, codec, clock, clockToleranceSeconds } = options;
  const rows = createArtifactRows(options.redis);
  const isShortLived = ({ model }: { readonly model: ArtifactModel }): boolean => SHORT_LIVED.has(model);

  const isExpired = ({ expiresAt }: RedisArtifact): boolean =>
    expiresAt !== null && expiresAt <= epochSeconds(clock.now()) - clockToleranceSeconds;

  const toRowWrite = async (
    write: ArtifactWrite,
    mode: RowWrite['mode'],
    foundVersion?: number,
  ): Promise<RowWrite> => {
    const row = withRevokedClient(codec.toRow(write));
    const { accountId } = row;
    const mark =
      accountId === null
        ? undefined
        : (await contexts.of({ grantId: null, sessionUid: null, accountId })).revocation;
    const livesFor = (expiresAt: number): number =>
      Math.max(1, Math.ceil(expiresAt) + clockToleranceSeconds - epochSeconds(clock.now())) * 1000;
    return {
      row,
      mode,
      foundVersion,
      epoch: mark?.epoch ?? 0,
      isKept: mark?.keptId?.equals(row.id) ?? false,
      ttlMs: write.expiresAt === undefined ? undefined : livesFor(write.expiresAt),
    };
  };

  /** Writes what is not there yet. What is there may be known to somebody: it stays until PostgreSQL has decided. */
  const insertNew = async (writes: readonly ArtifactWrite[]): Promise<Inserted> => {
    const written: ArtifactRow[] = [];
    const postponed: ArtifactWrite[] = [];
    const undo = async (): Promise<void> => {
      // Nobody has learnt of it, and it expires: that it stays is not worth another failure.
      await Promise.allSettled(written.map((row) => rows.takeBack(row)));
    };
    const results = await Promise.allSettled(
      writes.map(async (write) => {
        const rowWrite = await toRowWrite(write, 'unique');
        if ((await rows.write(rowWrite)) === 0) postponed.push(write);
        else written.push(rowWrite.row);
      }),
    );
    const failed = results.find((result) => result.status === 'rejected');
    if (!failed) return { postponed, undo };
    await undo();
    throw failed.reason;
  };

  /** @returns the replacements that did not apply */
  const replaceAll = async (
    replacements: readonly ArtifactReplacement[],
  ): Promise<readonly ArtifactReplacement[]> => {
    const applied = await Promise.all(
      replacements.map(async (replacement) => {
        if (replacement.foundId !== replacement.id) throw new Error('only sessions are given a new id');
        const rowWrite = await toRowWrite(replacement, 'replace', replacement.foundVersion);
        return (await rows.write(rowWrite)) > 0;
      }),
    );
    return replacements.filter((_, index) => applied[index] !== true);
  };

  /** What PostgreSQL has to do of it. */
  const durablePart = (changes: ArtifactChanges): ArtifactChanges => ({
    ...changes,
    consume: changes.consume && !isShortLived(changes.consume) ? changes.consume : undefined,
    remove: changes.remove.filter((removal) => !isShortLived(removal)),
    insert: changes.insert.filter((write) => !isShortLived(write)),
    replace: changes.replace.filter((write) => !isShortLived(write)),
  });

  const decide = async (changes: ArtifactChanges, undo: () => Promise<void>): Promise<CommitOutcome> => {
    try {
      const outcome: CommitOutcome = isEmpty(changes)
        ? { kind: 'committed', outdated: [] }
        : await durable.commit(changes);
      if (outcome.kind !== 'committed') await undo();
      return outcome;
    } catch (error) {
      await undo();
      throw error;
    }
  };

  return {
    async find(key) {
      if (!isShortLived(key)) return durable.find(key);
      const found = await rows.find(codec.rowId(key));
      if (!found || isExpired(found)) return undefined;
      const artifact = codec.toArtifact(found);
      const { grantId, sessionUid, accountId } = found;
      if (grantId === null && sessionUid === null && accountId === null) {
        return { ...artifact, grant: undefined, session: undefined };
      }
      const { grant, session, revocation } = await contexts.of(found);
      if ((grantId !== null && !grant) || isRevoked(found, revocation)) return undefined;
      return { ...artifact, grant, session };
    },

    findSessionByUid: (uid) => durable.findSessionByUid(uid),
    findDeviceCodeByUserCode: (userCode) => durable.findDeviceCodeByUserCode(userCode),

    async commit(changes) {
      const { consume } = changes;
      const guard = consume && isShortLived(consume) ? codec.rowId(consume) : undefined;
      if (guard && !(await rows.consume(guard, epochSeconds(clock.now()))))
        return { kind: 'already_consumed' };
      const giveBack = async (): Promise<void> => {
        if (guard) await rows.giveBack(guard).catch(() => undefined);
      };
      let inserted: Inserted;
      try {
        inserted = await insertNew(changes.insert.filter(isShortLived));
      } catch (error) {
        await giveBack();
        throw error;
      }
      const outcome = await decide(durablePart(changes), async () => {
        await Promise.all([inserted.undo(), giveBack()]);
      });
      if (outcome.kind !== 'committed') return outcome;
      const outdated = await replaceAll(changes.replace.filter(isShortLived));
      await Promise.all([
        ...inserted.postponed.map(async (write) => rows.write(await toRowWrite(write, 'insert'))),
        ...changes.remove.filter(isShortLived).map((removal) => rows.remove(codec.rowId(removal))),
        ...changes.revokeGrants.map((grantId) => rows.removeOfGrant(codec.grantRowId(grantId))),
      ]);
      return { kind: 'committed', outdated: [...outcome.outdated, ...outdated] };
    },

    async insertUnique(write) {
      if (!isShortLived(write)) return durable.insertUnique(write);
      return (await rows.write(await toRowWrite(write, 'unique'))) > 0;
    },
  };
}

/** What is of a client, and of no account by itself, ends with a revocation of the client in the same way. */
function withRevokedClient(row: ArtifactRow): ArtifactRow {
  const { accountId, clientId } = row;
  return accountId === null && clientId !== null ? { ...row, accountId: revokedClient(clientId) } : row;
}

/** Whether the account or client was revoked since, and this was not what it was to keep. */
function isRevoked({ id, epoch }: RedisArtifact, revocation: RevocationMark | undefined): boolean {
  return revocation !== undefined && epoch < revocation.epoch && revocation.keptId?.equals(id) !== true;
}

function isEmpty({ consume, remove, revokeGrants, insert, replace, audit }: ArtifactChanges): boolean {
  return !consume && [remove, revokeGrants, insert, replace, audit].every(({ length }) => length === 0);
}
