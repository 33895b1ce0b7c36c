import { createHash } from 'node:crypto';
import { keysOf, type BatchItem } from './import-accounts-batch.js';
import { takenFault } from './import-accounts-write.js';
import { invalidLine, type ImportVerdict } from './import-verdict.js';

/** What a dry run would have created so far. */
export interface SeenKeys {
  /** Corrects verdicts of lines that name an account which an earlier line would have created. */
  correct(
    batch: readonly BatchItem[],
    verdicts: readonly ImportVerdict[],
    onConflict: 'skip' | 'update' | 'fail',
  ): readonly ImportVerdict[];
}

/**
 * Remembers the keys of lines, which a dry run does not find in the database afterwards: 52 bits of each, some 40 octets,
 * with a chance below one in a thousand that two of a million are taken for the same.
 */
export function createSeenKeys(): SeenKeys {
  const seen = new Set<number>();
  return {
    correct: (batch, verdicts, onConflict) =>
      verdicts.map((verdict, index) => {
        const item = batch[index];
        if (verdict.status !== 'created' || item === undefined || !('account' in item)) return verdict;
        const keys = keysOf(item).map(digest);
        const { line } = verdict;
        if (keys.some((key) => seen.has(key))) {
          if (onConflict === 'fail') return invalidLine(line, [takenFault('email')]);
          return { line, status: onConflict === 'update' ? 'updated' : 'skipped' };
        }
        for (const key of keys) seen.add(key);
        return verdict;
      }),
  };
}

function digest(key: string): number {
  return Number(createHash('sha256').update(key).digest().readBigUInt64BE() >> 12n);
}
