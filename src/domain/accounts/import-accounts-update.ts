import { DomainError } from '../errors.js';
import type { Stores } from '../unit-of-work.js';
import { effectiveRolesOf, isEnabledAdministrator, type Account } from './account.js';
import type { TakenAccount } from './bulk-account-store.js';
import { changeProfile } from './change-profile.js';
import type { ImportEntry } from './import-accounts-batch.js';
import type { ImportRights } from './import-accounts-rights.js';
import { lineFault } from './import-lines.js';
import { invalidLine, type ImportVerdict } from './import-verdict.js';
import { lockAccount, lockAccountToDemote } from './lock-account.js';
import { normalizeLogin } from './normalize-login.js';

export type ImportUpdateStores = Pick<Stores, 'accounts' | 'groups' | 'artifactRevocation'>;

/** What a line changes its account with. */
export interface ImportUpdate {
  readonly entry: ImportEntry;
  readonly match: TakenAccount;
  readonly rights: ImportRights;
  readonly now: Date;
  /** Whether a plain password of the line, which is not hashed in a dry run, counts as a change. */
  readonly passwordUnhashed: boolean;
}

/**
 * Brings an account up to what a line says; what the line leaves out stays. A new password, disabling, and a role that
 * goes end all that was issued to the account. A line that changes nothing is skipped.
 */
export async function updateFromImport(
  stores: ImportUpdateStores,
  update: ImportUpdate,
): Promise<ImportVerdict> {
  const { entry, match } = update;
  const { line } = entry;
  try {
    const changed = await change(stores, update);
    return { line, status: changed ? 'updated' : 'skipped', id: match.id };
  } catch (error) {
    const isOfLine =
      error instanceof DomainError &&
      ['already_exists', 'not_found', 'last_administrator', 'insufficient_rights'].includes(error.code);
    if (!isOfLine) throw error;
    return invalidLine(line, error.faults.length > 0 ? error.faults : [lineFault(error.code, error.message)]);
  }
}

async function change(stores: ImportUpdateStores, update: ImportUpdate): Promise<boolean> {
  const { accounts, groups, artifactRevocation } = stores;
  const { entry, match, rights } = update;
  const before = await lockAccount(accounts, match.id);
  if (!(await rights.mayChange(before.effectiveRoles))) {
    throw new DomainError(
      'insufficient_rights',
      'The account may do more than you, so you cannot change it.',
    );
  }
  const after = applyLine(before, update);
  const { passwordHash } = entry.account;
  const newPassword = passwordHash !== undefined && passwordHash !== match.passwordHash;
  if (isSame(before, after) && !newPassword && !update.passwordUnhashed) return false;

  // Before anything is written: a refusal must leave the other lines of the transaction alone.
  if (isEnabledAdministrator(before) && !isEnabledAdministrator(after)) {
    await lockAccountToDemote(accounts, match.id);
  }
  await accounts.update(after);
  for (const { id } of after.groups) await groups.addMember(id, after.id);
  for (const { id } of before.groups) {
    if (!after.groups.some((group) => group.id === id)) await groups.removeMember(id, after.id);
  }
  if (newPassword) await accounts.setPasswordHash(after.id, passwordHash);
  const losesRole = before.effectiveRoles.some((role) => !after.effectiveRoles.includes(role));
  if (newPassword || losesRole || (after.disabled && !before.disabled)) {
    await artifactRevocation.revokeAccount(after.id);
  }
  return true;
}

function applyLine(before: Account, { entry, rights, now }: ImportUpdate): Account {
  const { email, emailVerified, username, profileChanges, disabled, roles, groups } = entry.account;
  const sameEmail = normalizeLogin(email) === normalizeLogin(before.email);
  const held = {
    roles: roles ?? before.roles,
    groups: groups === undefined ? before.groups : rights.groupsOf(groups),
  };
  return {
    ...before,
    ...held,
    effectiveRoles: effectiveRolesOf(held),
    email,
    emailVerified: emailVerified ?? (sameEmail && before.emailVerified),
    username: username === undefined ? before.username : (username ?? undefined),
    profile: changeProfile(before.profile, profileChanges).profile,
    disabled: disabled ?? before.disabled,
    version: before.version + 1,
    updatedAt: now,
  };
}

function isSame(before: Account, after: Account): boolean {
  const essence = ({ email, emailVerified, username, profile, disabled, roles, groups }: Account): string =>
    JSON.stringify([
      ...[email, emailVerified, username ?? null, disabled, roles],
      ...[Object.entries(profile).sort(), groups.map(({ id }) => id).sort()],
    ]);
  return essence(before) === essence(after);
}
