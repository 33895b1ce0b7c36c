import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../clock.js';
import { DomainError } from '../errors.js';
import type { Grantor } from '../roles/grantor.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { BulkAccountStore } from './bulk-account-store.js';
import type { ForeignHashReader } from './foreign-hash.js';
import { accountKeysOf, readBatches, type BatchItem, type ImportEntry } from './import-accounts-batch.js';
import { matchOf, writeBatch, type ImportStores } from './import-accounts-write.js';
import { createSeenKeys, type SeenKeys } from './import-accounts-seen.js';
import type { ImportLine } from './import-lines.js';
import type { ImportVerdict } from './import-verdict.js';
import type { PasswordHasher } from './password-hasher.js';
import { normalizePassword, type PasswordPolicy } from './password-policy.js';

export interface ImportAccountsDeps {
  readonly unitOfWork: UnitOfWork<keyof ImportStores>;
  readonly bulkAccounts: Pick<BulkAccountStore, 'findTaken'>;
  readonly clock: Clock;
  readonly passwordHasher: Pick<PasswordHasher, 'hash' | 'verify'>;
  readonly passwordPolicy: PasswordPolicy;
  readonly foreignHashes: ForeignHashReader;
}

export interface ImportAccountsOptions {
  /** Gives the verdicts that an import would give, and changes nothing. */
  readonly dryRun?: boolean;
  /** When there is an account of that id, email or username: leave it (the default), change it, or refuse the line. */
  readonly onConflict?: 'skip' | 'update' | 'fail';
  /** Lines up to this one are passed over, without a verdict. */
  readonly resumeAfterLine?: number;
}

/** How long to wait when sign-ins take all the hasher's turns: milliseconds, and how often. */
const PAUSE = 500;
const MOST_PAUSES = 60;

/**
 * Imports users line by line, with passwords that other systems have hashed. Some hundreds of lines are one
 * transaction, with one event of the audit log; a verdict is given only once its line is there for good. So an import
 * that broke off goes on after the last line with a verdict, or is simply run again.
 * @param lines of `readImportLines`
 * @throws {DomainError} `storage_unavailable`, `overloaded`; a fault of a line is a verdict
 */
export async function* importAccounts(
  deps: ImportAccountsDeps,
  grantor: Grantor,
  lines: AsyncIterable<ImportLine>,
  options: ImportAccountsOptions = {},
): AsyncGenerator<ImportVerdict> {
  const { dryRun = false, onConflict = 'skip', resumeAfterLine = 0 } = options;
  const seen = createSeenKeys();
  for await (const read of readBatches(deps, lines, resumeAfterLine)) {
    const batch = dryRun ? read : await hashPasswords(deps, read, onConflict === 'update');
    const settings = { grantor, onConflict, now: deps.clock.now(), dryRun };
    yield* dryRun
      ? await tryBatch(deps, batch, settings, seen)
      : await deps.unitOfWork.run((stores) => writeBatch(stores, batch, settings));
  }
}

/** Rolls a batch back, with what it would have given. */
class DryRun extends Error {
  readonly verdicts: readonly ImportVerdict[];

  constructor(verdicts: readonly ImportVerdict[]) {
    super('A dry run.');
    this.verdicts = verdicts;
  }
}

async function tryBatch(
  deps: ImportAccountsDeps,
  batch: readonly BatchItem[],
  settings: Parameters<typeof writeBatch>[2],
  seen: SeenKeys,
): Promise<readonly ImportVerdict[]> {
  try {
    return await deps.unitOfWork.run(async (stores) => {
      throw new DryRun(await writeBatch(stores, batch, settings));
    });
  } catch (error) {
    if (!(error instanceof DryRun)) throw error;
    return seen.correct(batch, error.verdicts, settings.onConflict);
  }
}

/**
 * Hashes plain passwords, where a line will need it: outside the transaction, and one at a time, so that sign-ins find
 * turns meanwhile.
 */
async function hashPasswords(
  deps: ImportAccountsDeps,
  batch: readonly BatchItem[],
  updates: boolean,
): Promise<readonly BatchItem[]> {
  const entries = batch.filter((item): item is ImportEntry => 'account' in item);
  const withPassword = entries.filter(({ account }) => account.password !== undefined);
  if (withPassword.length === 0) return batch;
  const taken = await deps.bulkAccounts.findTaken(accountKeysOf(withPassword));
  const hashed: BatchItem[] = [];
  for (const item of batch) {
    if (!('account' in item) || item.account.password === undefined) {
      hashed.push(item);
      continue;
    }
    const match = matchOf(taken, item);
    const password = normalizePassword(item.account.password);
    if (match !== undefined && !updates) hashed.push(item);
    else {
      const before = match === 'ambiguous' ? undefined : match?.passwordHash;
      const passwordHash = await patiently(() => keptOrNew(deps.passwordHasher, before, password));
      hashed.push({ ...item, account: { ...item.account, passwordHash } });
    }
  }
  return hashed;
}

/** The hash that the account has where it is of the same password, so that a second run changes nothing. */
async function keptOrNew(
  hasher: ImportAccountsDeps['passwordHasher'],
  before: string | undefined,
  password: string,
): Promise<string> {
  return before !== undefined && (await hasher.verify(before, password)) ? before : hasher.hash(password);
}

async function patiently<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let pauses = 0; ; pauses += 1) {
    try {
      return await work();
    } catch (error) {
      const isBusy = error instanceof DomainError && error.code === 'overloaded';
      if (!isBusy || pauses === MOST_PAUSES) throw error;
      await pause(PAUSE);
    }
  }
}
