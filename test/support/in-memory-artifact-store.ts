import type { AttributedEntry } from '../../src/domain/audit/audit-event.js';
import type { ArtifactKey, ArtifactWrite, FoundArtifact } from '../../src/domain/artifacts/artifact.js';
import type { ArtifactRevocation } from '../../src/domain/artifacts/artifact-revocation.js';
import type { ArtifactReplacement, ArtifactStore } from '../../src/domain/artifacts/artifact-store.js';
import type { ArtifactPurge } from '../../src/domain/artifacts/purge-artifacts.js';
import { epochSeconds, type Clock } from '../../src/domain/clock.js';

interface Row {
  write: ArtifactWrite;
  consumedAt: number | undefined;
  version: number;
}

/**
 * The artifact store in memory, for tests that are about something else. It passes the same suite as PostgreSQL.
 * @param audited gets what the audit log would tell
 */
export function createInMemoryArtifactStore(
  clock: Clock,
  clockToleranceSeconds = 10,
  audited: AttributedEntry[] = [],
): ArtifactStore & ArtifactPurge & ArtifactRevocation {
  const rows = new Map<string, Row>();
  const nameOf = ({ model, id }: ArtifactKey): string => `${model}:${id}`;
  const oldestExpiry = (): number => epochSeconds(clock.now()) - clockToleranceSeconds;
  const isLive = ({ write: { expiresAt } }: Row): boolean =>
    expiresAt === undefined || expiresAt > oldestExpiry();
  const toFound = ({ write, consumedAt, version }: Row): FoundArtifact => ({
    id: write.id,
    payload: structuredClone(write.payload),
    consumedAt,
    version,
  });
  const findWhere = (matches: (row: Row) => boolean): Row | undefined => [...rows.values()].find(matches);
  const removeWhere = (matches: (row: Row) => boolean): number => {
    const gone = [...rows].filter(([, row]) => matches(row));
    for (const [name] of gone) rows.delete(name);
    return gone.length;
  };
  const revokeWhere = (matches: (row: Row) => boolean): number => {
    const grants = [...rows.values()].filter((row) => matches(row) && row.write.model === 'Grant');
    const ids = new Set(grants.map(({ write }) => write.id));
    return removeWhere(
      (row) => matches(row) || (row.write.grantId !== undefined && ids.has(row.write.grantId)),
    );
  };
  const put = (write: ArtifactWrite, before: Row | undefined): void => {
    if (before) rows.delete(nameOf(before.write));
    rows.set(nameOf(write), {
      write: { ...write, payload: structuredClone(write.payload) },
      consumedAt: before?.consumedAt,
      version: (before?.version ?? 0) + 1,
    });
  };
  const replace = (replacement: ArtifactReplacement): boolean => {
    const before = rows.get(nameOf({ model: replacement.model, id: replacement.foundId }));
    const isCurrent = [undefined, before?.version].includes(replacement.foundVersion);
    if (!before || !isCurrent) return false;
    put(replacement, before);
    return true;
  };

  return {
    find(key) {
      const row = rows.get(nameOf(key));
      if (!row || !isLive(row)) return Promise.resolve(undefined);
      const { grantId, sessionUid } = row.write;
      const grant = grantId === undefined ? undefined : rows.get(`Grant:${grantId}`);
      if (grantId !== undefined && !grant) return Promise.resolve(undefined);
      const session =
        sessionUid === undefined ? undefined : findWhere(({ write }) => write.uid === sessionUid);
      return Promise.resolve({
        ...toFound(row),
        grant: grant && toFound(grant),
        session: session && toFound(session),
      });
    },
    findSessionByUid(uid) {
      const row = findWhere((candidate) => candidate.write.uid === uid && isLive(candidate));
      return Promise.resolve(row && toFound(row));
    },
    findDeviceCodeByUserCode(userCode) {
      const row = findWhere((candidate) => candidate.write.userCode === userCode && isLive(candidate));
      return Promise.resolve(row && toFound(row));
    },
    commit(changes) {
      const guard = changes.consume && rows.get(nameOf(changes.consume));
      if (changes.consume && (!guard || guard.consumedAt !== undefined)) {
        return Promise.resolve({ kind: 'already_consumed' });
      }
      for (const { model, id, uid } of changes.remove) {
        removeWhere(
          ({ write }) => nameOf(write) === nameOf({ model, id }) || (uid !== undefined && write.uid === uid),
        );
      }
      for (const grantId of changes.revokeGrants) removeWhere(({ write }) => write.grantId === grantId);
      if (guard) {
        guard.consumedAt = epochSeconds(clock.now());
        guard.version += 1;
      }
      const outdated = changes.replace.filter((replacement) => !replace(replacement));
      for (const write of changes.insert) put(write, rows.get(nameOf(write)));
      audited.push(...changes.audit);
      return Promise.resolve({ kind: 'committed', outdated });
    },
    insertUnique(write) {
      if (rows.has(nameOf(write))) return Promise.resolve(false);
      put(write, undefined);
      return Promise.resolve(true);
    },
    purgeExpired(limit) {
      const expired = [...rows].filter(([, row]) => !isLive(row)).slice(0, limit);
      for (const [name] of expired) rows.delete(name);
      return Promise.resolve(expired.length);
    },
    revokeAccount: (accountId) => Promise.resolve(revokeWhere(({ write }) => write.accountId === accountId)),
    revokeClient: (clientId) => Promise.resolve(revokeWhere(({ write }) => write.clientId === clientId)),
    revokeEverything: () =>
      Promise.resolve(
        removeWhere(({ write }) =>
          [write.accountId, write.clientId, write.grantId].some((tie) => tie !== undefined),
        ),
      ),
  };
}
