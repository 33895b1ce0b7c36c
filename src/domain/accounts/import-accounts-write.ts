import type { FieldFault } from '../errors.js';
import type { Grantor } from '../roles/grantor.js';
import type { Stores } from '../unit-of-work.js';
import { newAccountId } from './account-id.js';
import type { AccountRecord } from './account-store.js';
import { effectiveRolesOf } from './account.js';
import type { TakenAccount } from './bulk-account-store.js';
import { accountKeysOf, type BatchItem, type ImportEntry } from './import-accounts-batch.js';
import { findImportRights, type ImportRights } from './import-accounts-rights.js';
import { updateFromImport } from './import-accounts-update.js';
import { invalidLine, type ImportVerdict } from './import-verdict.js';

export type ImportStores = Pick<
  Stores,
  'accounts' | 'bulkAccounts' | 'roles' | 'groups' | 'artifactRevocation' | 'audit'
>;

export interface BatchSettings {
  readonly grantor: Grantor;
  readonly onConflict: 'skip' | 'update' | 'fail';
  readonly now: Date;
  /** Inserts nothing; the caller rolls back the rest. */
  readonly dryRun: boolean;
}

/** Writes a batch within a unit of work. @returns one verdict per line, in order */
export async function writeBatch(
  stores: ImportStores,
  batch: readonly BatchItem[],
  settings: BatchSettings,
): Promise<readonly ImportVerdict[]> {
  const entries = batch.filter((item): item is ImportEntry => 'account' in item);
  const rights = await findImportRights(stores, settings.grantor, entries);
  const verdicts = new Map<number, ImportVerdict>();
  const granted: ImportEntry[] = [];
  for (const item of batch) {
    const faults = 'faults' in item ? item.faults : rights.faultsOf(item);
    if (faults.length > 0) verdicts.set(item.line, invalidLine(item.line, faults));
    else if ('account' in item) granted.push(item);
  }

  const taken = await stores.bulkAccounts.findTaken(accountKeysOf(granted));
  const conflicting = granted.filter((entry) => matchOf(taken, entry) !== undefined);
  const fresh = granted.filter((entry) => matchOf(taken, entry) === undefined);
  const raced = await insertFresh(stores, fresh, rights, settings, verdicts);
  for (const entry of conflicting) {
    verdicts.set(entry.line, await settle(stores, entry, matchOf(taken, entry), rights, settings));
  }
  if (raced.length > 0) {
    const takenMeanwhile = await stores.bulkAccounts.findTaken(accountKeysOf(raced));
    for (const entry of raced) {
      verdicts.set(entry.line, await settle(stores, entry, matchOf(takenMeanwhile, entry), rights, settings));
    }
  }
  const inOrder = batch.flatMap(({ line }) => verdicts.get(line) ?? []);
  record(stores, inOrder);
  return inOrder;
}

/** The account that a line names: of its id, else of its email or username; `ambiguous` when these name several. */
export function matchOf(
  taken: readonly TakenAccount[],
  { account, email, username }: ImportEntry,
): TakenAccount | 'ambiguous' | undefined {
  const matches = taken.filter(
    (other) =>
      other.id === account.id ||
      other.email === email ||
      (username !== undefined && other.username === username),
  );
  return matches.length > 1 ? 'ambiguous' : matches[0];
}

/** @returns the lines of which somebody else made the account since it was looked for */
async function insertFresh(
  { bulkAccounts }: ImportStores,
  fresh: readonly ImportEntry[],
  rights: ImportRights,
  { now, dryRun }: BatchSettings,
  verdicts: Map<number, ImportVerdict>,
): Promise<readonly ImportEntry[]> {
  const records = fresh.map((entry) => ({ entry, record: toRecord(entry, rights, now) }));
  // A plain password is hashed unless its account was there a moment ago.
  const writable = records.filter(
    ({ entry: { account } }) =>
      dryRun || account.password === undefined || account.passwordHash !== undefined,
  );
  const inserted = dryRun
    ? undefined
    : await bulkAccounts.insertAll(writable.map(({ record: written }) => written));
  const raced: ImportEntry[] = [];
  for (const { entry, record: written } of records) {
    const { id } = written.account;
    if (inserted === undefined) verdicts.set(entry.line, { line: entry.line, status: 'created' });
    else if (inserted.has(id)) verdicts.set(entry.line, { line: entry.line, status: 'created', id });
    else raced.push(entry);
  }
  return raced;
}

async function settle(
  stores: ImportStores,
  entry: ImportEntry,
  match: TakenAccount | 'ambiguous' | undefined,
  rights: ImportRights,
  { onConflict, now, dryRun }: BatchSettings,
): Promise<ImportVerdict> {
  const { line, account } = entry;
  if (match === undefined) {
    const detail = 'The account changed while the line was imported; import the line again.';
    return invalidLine(line, [{ field: 'email', code: 'changed_meanwhile', detail }]);
  }
  if (match === 'ambiguous') {
    if (onConflict === 'skip') return { line, status: 'skipped' };
    const detail = 'The id, the email and the username belong to more than one account.';
    return invalidLine(line, [{ field: 'email', code: 'ambiguous', detail }]);
  }
  if (onConflict === 'skip') return { line, status: 'skipped', id: match.id };
  const field = match.id === account.id ? 'id' : match.email === entry.email ? 'email' : 'username';
  if (onConflict === 'fail') return invalidLine(line, [takenFault(field)]);
  if (account.id !== undefined && account.id !== match.id) {
    const detail = `There is an account with this ${field} under another id, which cannot change.`;
    return invalidLine(line, [{ field: 'id', code: 'id_differs', detail }]);
  }
  const passwordUnhashed = dryRun && account.password !== undefined;
  return updateFromImport(stores, { entry, match, rights, now, passwordUnhashed });
}

/** The fault of a line of which the account is there already. */
export function takenFault(field: 'id' | 'email' | 'username'): FieldFault {
  return { field, code: 'taken', detail: `There is an account with this ${field} already.` };
}

function toRecord({ account }: ImportEntry, rights: ImportRights, now: Date): AccountRecord {
  const held = { roles: account.roles ?? [], groups: rights.groupsOf(account.groups ?? []) };
  return {
    account: {
      ...held,
      effectiveRoles: effectiveRolesOf(held),
      id: account.id ?? newAccountId(now),
      email: account.email,
      emailVerified: account.emailVerified ?? false,
      username: account.username ?? undefined,
      profile: account.profile,
      disabled: account.disabled ?? false,
      version: 1,
      createdAt: account.createdAt ?? now,
      updatedAt: now,
    },
    passwordHash: account.passwordHash,
  };
}

function record({ audit }: ImportStores, verdicts: readonly ImportVerdict[]): void {
  const count = (status: ImportVerdict['status']): number =>
    verdicts.filter((verdict) => verdict.status === status).length;
  const [created, updated, skipped, invalid] = [
    count('created'),
    count('updated'),
    count('skipped'),
    count('invalid'),
  ];
  if (created + updated === 0) return;
  const lines = { first_line: verdicts[0]?.line ?? 0, last_line: verdicts.at(-1)?.line ?? 0 };
  audit.record({ type: 'user.imported', details: { created, updated, skipped, invalid, ...lines } });
}
