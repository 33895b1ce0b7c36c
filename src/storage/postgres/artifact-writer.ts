import type { Knex } from 'knex';
import type { ArtifactWrite } from '../../domain/artifacts/artifact.js';
import type {
  ArtifactChanges,
  ArtifactReplacement,
  ArtifactStore,
  CommitOutcome,
} from '../../domain/artifacts/artifact-store.js';
import { epochSeconds, type Clock } from '../../domain/clock.js';
import type { ArtifactCodec, ArtifactRow } from './artifact-codec.js';
import { REMOVE, WRITE } from './artifact-statements.js';
import type { AuditAppender } from './audit-trail.js';
import { BatchLane, type LaneWatcher } from './batch-lane.js';
import { runPrepared } from './prepared-statement.js';
import { asUnavailable } from './unavailable.js';

/** One line of the write statement. */
interface WriteLine {
  readonly unit: number;
  readonly guarded: boolean;
  readonly foundId: Buffer | null;
  readonly foundVersion: number | null;
  readonly row: ArtifactRow;
  readonly replacement: ArtifactReplacement | undefined;
}

/** What a batch removes by itself; what goes with a grant is another matter. */
interface Removals {
  readonly ids: readonly Buffer[];
  readonly uids: readonly Buffer[];
}

const NO_REMOVALS: Removals = { ids: [], uids: [] };

/**
 * Writes the changes of concurrent requests together, in one statement that uses up the guards and writes for whoever won
 * theirs. Where a grant is revoked, all that hangs on it goes first, in the same transaction, and what the audit log is
 * to tell comes last.
 */
export function createArtifactWriter({
  knex,
  codec,
  clock,
  auditLog,
  watchLane,
}: {
  readonly knex: Knex;
  readonly codec: ArtifactCodec;
  readonly clock: Clock;
  readonly auditLog: AuditAppender;
  readonly watchLane?: LaneWatcher | undefined;
}): ArtifactStore['commit'] {
  const commits = new BatchLane<ArtifactChanges, CommitOutcome>({
    concurrency: 2,
    maxBatch: 256,
    maxQueue: 10_000,
    conflictKeys: touchedRows,
    async execute(batch) {
      try {
        const removesFirst = batch.some((unit) => unit.revokeGrants.length > 0 || removesOwnWrites(unit));
        const isTold = batch.some((unit) => unit.audit.length > 0);
        if (!removesFirst && !isTold) return await write(knex, batch, removalsOf(batch));
        return await knex.transaction(async (transaction) => {
          if (removesFirst) await remove(transaction, batch);
          const outcomes = await write(transaction, batch, removesFirst ? NO_REMOVALS : removalsOf(batch));
          await auditLog.append(
            transaction,
            batch.flatMap(({ audit }, unit) => (outcomes[unit]?.kind === 'committed' ? audit : [])),
          );
          return outcomes;
        });
      } catch (error) {
        throw asUnavailable(error);
      }
    },
  });
  watchLane?.('artifacts_commit', () => commits.load);
  return (changes) => commits.run(changes);

  function removalsOf(batch: readonly ArtifactChanges[]): Removals {
    const removals = batch.flatMap((unit) => unit.remove);
    return {
      ids: removals.map((removal) => codec.rowId(removal)),
      uids: removals.flatMap(({ uid }) => (uid === undefined ? [] : [codec.uidHash(uid)])),
    };
  }

  async function remove(connection: Knex, batch: readonly ArtifactChanges[]): Promise<void> {
    const { ids, uids } = removalsOf(batch);
    const grants = batch.flatMap((unit) => unit.revokeGrants).map((grantId) => codec.grantRowId(grantId));
    await runPrepared(connection, REMOVE, [ids, grants, uids]);
  }

  async function write(
    connection: Knex,
    batch: readonly ArtifactChanges[],
    removals: Removals,
  ): Promise<CommitOutcome[]> {
    const guards = batch.flatMap(({ consume }, unit) =>
      consume ? [{ unit, id: codec.rowId(consume) }] : [],
    );
    const lines = batch.flatMap((changes, unit) => [
      ...changes.insert.map((insert) => line(unit, changes, insert)),
      ...changes.replace.map((replacement) => line(unit, changes, replacement, replacement)),
    ]);
    if (guards.length === 0 && lines.length === 0 && removals.ids.length === 0)
      return batch.map(() => ({ kind: 'committed', outdated: [] }));
    // Rows are locked in the order of their ids, so that two batches do not wait for each other in a circle.
    guards.sort((a, b) => Buffer.compare(a.id, b.id));
    lines.sort((a, b) => Buffer.compare(a.foundId ?? a.row.id, b.foundId ?? b.row.id));

    const [answer] = await runPrepared<[consumedUnits: number[], replacedLines: number[]]>(
      connection,
      WRITE,
      [
        removals.ids,
        removals.uids,
        epochSeconds(clock.now()),
        guards.map(({ unit }) => unit),
        guards.map(({ id }) => id),
        lines.map((_, ord) => ord),
        lines.map(({ unit }) => unit),
        lines.map(({ guarded }) => guarded),
        lines.map(({ foundId }) => foundId),
        lines.map(({ foundVersion }) => foundVersion),
        lines.map(({ row }) => row.id),
        lines.map(({ row }) => row.model),
        lines.map(({ row }) => row.payload),
        lines.map(({ row }) => row.expiresAt),
        lines.map(({ row }) => row.grantId),
        lines.map(({ row }) => row.uid),
        lines.map(({ row }) => row.userCode),
        lines.map(({ row }) => row.sessionUid),
        lines.map(({ row }) => row.accountId),
        lines.map(({ row }) => row.clientId),
      ],
    );
    const consumed = new Set(answer?.[0]);
    const replaced = new Set(answer?.[1]);
    return batch.map((changes, unit) => {
      if (changes.consume && !consumed.has(unit)) return { kind: 'already_consumed' };
      const outdated = lines.flatMap(({ unit: owner, replacement }, ord) =>
        owner === unit && replacement && !replaced.has(ord) ? [replacement] : [],
      );
      return { kind: 'committed', outdated };
    });
  }

  function line(
    unit: number,
    { consume }: ArtifactChanges,
    artifact: ArtifactWrite,
    replacement?: ArtifactReplacement,
  ): WriteLine {
    return {
      unit,
      guarded: consume !== undefined,
      foundId: replacement ? codec.rowId({ model: replacement.model, id: replacement.foundId }) : null,
      foundVersion: replacement?.foundVersion ?? null,
      row: codec.toRow(artifact),
      replacement,
    };
  }
}

/** PostgreSQL runs the parts of one statement at once: two changes of one row must not travel in one. */
function touchedRows(changes: ArtifactChanges): readonly string[] {
  return [...removedRows(changes), ...writtenRows(changes)];
}

function removedRows({ remove }: ArtifactChanges): string[] {
  return remove.flatMap(({ model, id, uid }) => [
    `${model} ${id}`,
    ...(uid === undefined ? [] : [`uid ${uid}`]),
  ]);
}

function writtenRows({ consume, insert, replace }: ArtifactChanges): string[] {
  const rows = [...insert, ...replace].flatMap(({ model, id, uid }) => [
    `${model} ${id}`,
    ...(uid === undefined ? [] : [`uid ${uid}`]),
  ]);
  for (const { model, foundId } of replace) rows.push(`${model} ${foundId}`);
  if (consume) rows.push(`${consume.model} ${consume.id}`);
  return rows;
}

/** A unit that writes what it removes needs the removal to come first, in a statement of its own. */
function removesOwnWrites(changes: ArtifactChanges): boolean {
  if (changes.remove.length === 0) return false;
  const written = new Set(writtenRows(changes));
  return removedRows(changes).some((row) => written.has(row));
}
