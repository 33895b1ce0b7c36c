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
import { BatchLane } from './batch-lane.js';
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

/**
 * Writes the changes of concurrent requests together: what is removed first, then one statement that uses up the guards
 * and writes for whoever won theirs. What the audit log is to tell comes last.
 */
export function createArtifactWriter({
  knex,
  codec,
  clock,
  auditLog,
}: {
  readonly knex: Knex;
  readonly codec: ArtifactCodec;
  readonly clock: Clock;
  readonly auditLog: AuditAppender;
}): ArtifactStore['commit'] {
  const commits = new BatchLane<ArtifactChanges, CommitOutcome>({
    concurrency: 2,
    maxBatch: 256,
    maxQueue: 10_000,
    conflictKeys: touchedRows,
    async execute(batch) {
      try {
        const removes = batch.some((unit) => unit.remove.length > 0 || unit.revokeGrants.length > 0);
        const isTold = batch.some((unit) => unit.audit.length > 0);
        if (!removes && !isTold) return await write(knex, batch);
        return await knex.transaction(async (transaction) => {
          if (removes) await remove(transaction, batch);
          const outcomes = await write(transaction, batch);
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
  return (changes) => commits.run(changes);

  async function remove(connection: Knex, batch: readonly ArtifactChanges[]): Promise<void> {
    const removals = batch.flatMap((unit) => unit.remove);
    const ids = removals.map((removal) => codec.rowId(removal));
    const grants = batch.flatMap((unit) => unit.revokeGrants).map((grantId) => codec.grantRowId(grantId));
    const uids = removals.flatMap(({ uid }) => (uid === undefined ? [] : [codec.uidHash(uid)]));
    await connection.raw(REMOVE, arrays([ids, grants, uids])).options({ name: 'artifacts_remove' });
  }

  async function write(connection: Knex, batch: readonly ArtifactChanges[]): Promise<CommitOutcome[]> {
    const guards = batch.flatMap(({ consume }, unit) =>
      consume ? [{ unit, id: codec.rowId(consume) }] : [],
    );
    const lines = batch.flatMap((changes, unit) => [
      ...changes.insert.map((insert) => line(unit, changes, insert)),
      ...changes.replace.map((replacement) => line(unit, changes, replacement, replacement)),
    ]);
    if (guards.length === 0 && lines.length === 0)
      return batch.map(() => ({ kind: 'committed', outdated: [] }));
    // Rows are locked in the order of their ids, so that two batches do not wait for each other in a circle.
    guards.sort((a, b) => Buffer.compare(a.id, b.id));
    lines.sort((a, b) => Buffer.compare(a.foundId ?? a.row.id, b.foundId ?? b.row.id));

    const { rows } = (await connection
      .raw(WRITE, [
        epochSeconds(clock.now()),
        ...arrays([
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
        ]),
      ])
      .options({ name: 'artifacts_write', rowMode: 'array' })) as {
      rows: [consumedUnits: number[], replacedLines: number[]][];
    };

    const consumed = new Set(rows[0]?.[0]);
    const replaced = new Set(rows[0]?.[1]);
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
function touchedRows({ consume, remove, insert, replace }: ArtifactChanges): readonly string[] {
  const keys = [...remove, ...insert, ...replace, ...(consume ? [consume] : [])];
  return [
    ...keys.map(({ model, id }) => `${model} ${id}`),
    ...replace.map(({ model, foundId }) => `${model} ${foundId}`),
    ...[...remove, ...insert, ...replace].flatMap(({ uid }) => (uid === undefined ? [] : [`uid ${uid}`])),
  ];
}

/** Knex passes an array binding on to PostgreSQL as an array; its types know only arrays of text and numbers. */
function arrays(values: readonly (readonly unknown[])[]): Knex.RawBinding[] {
  return values as Knex.RawBinding[];
}
