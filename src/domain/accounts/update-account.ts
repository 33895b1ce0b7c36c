import type { AuditEntry } from '../audit/audit-event.js';
import type { Clock } from '../clock.js';
import { refuseIfFaulty } from '../errors.js';
import { findGrantableRoles, type Grantor } from '../roles/grantor.js';
import { sendNotice } from '../mail/send-notice.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { accountInputFaults, tidyRoles } from './account-input.js';
import { ADMINISTRATOR_ROLE, withRoles, type Account } from './account.js';
import { changeProfile, type ProfileChanges } from './change-profile.js';
import { describeAccountChange } from './describe-account-change.js';
import { tidyEmail } from './email-address.js';
import { keepAnAdministrator } from './keep-an-administrator.js';
import { lockAccount } from './lock-account.js';
import { normalizeLogin } from './normalize-login.js';
import { refuseTakeover } from './refuse-takeover.js';
import { tidyUsername } from './username.js';

export interface UpdateAccountDeps {
  readonly unitOfWork: UnitOfWork<'accounts' | 'roles' | 'artifactRevocation' | 'mailOutbox' | 'audit'>;
  readonly clock: Clock;
  readonly issuer: string;
}

/** What shall be different; what is absent stays. */
export interface AccountChanges {
  /** A new email is not verified unless `emailVerified` says so. */
  readonly email?: string | undefined;
  readonly emailVerified?: boolean | undefined;
  /** null takes the username away. */
  readonly username?: string | null | undefined;
  readonly profile?: ProfileChanges | undefined;
  /** All roles that the account holds afterwards. When one is taken away, all that was issued to the account ends. */
  readonly roles?: readonly string[] | undefined;
  /** Disabling ends all that was issued to the account, in the same unit of work. */
  readonly disabled?: boolean | undefined;
  /** Who makes the change; absent: the operator, who may do everything. */
  readonly grantor?: Grantor | undefined;
  /** Sees the account as it is, kept from changing; when it throws, nothing is written. */
  readonly expect?: ((before: Account) => void) | undefined;
}

/**
 * Changes an account, as an administrator may; a new email is told to the owner at the old and the new address. For what people may change about themselves see `updateOwnAccount`.
 * @param id the account's id
 * @throws {DomainError} `invalid_input` with all faults, `not_found`, `already_exists`, `last_administrator`,
 *   `insufficient_rights` when the grantor lacks what the roles permit, or for more than the profile of an account that
 *   may do more than the grantor; what `expect` throws
 */
export async function updateAccount(
  deps: UpdateAccountDeps,
  id: string,
  changes: AccountChanges,
): Promise<Account> {
  const { username, profile: profileChanges = {} } = changes;
  refuseIfFaulty([
    ...accountInputFaults({ ...changes, username: username ?? undefined }),
    ...changeProfile({}, profileChanges).faults,
  ]);
  const demotes =
    changes.disabled === true || (changes.roles !== undefined && !changes.roles.includes(ADMINISTRATOR_ROLE));

  return deps.unitOfWork.run(async ({ accounts, roles, artifactRevocation, mailOutbox, audit }) => {
    const change = async (): Promise<Account> => {
      const before = await lockAccount(accounts, id);
      changes.expect?.(before);
      const after = applyChanges(before, changes, deps.clock.now());
      if (changes.grantor) await findGrantableRoles(roles, changes.grantor, changedRoles(before, after));
      if (changesMoreThanProfile(before, after)) await refuseTakeover(roles, changes.grantor, before);
      await accounts.update(after);
      const losesRole = before.roles.some((role) => !after.roles.includes(role));
      // Also for an account that is disabled already: something may have been issued at that very moment.
      const ended =
        changes.disabled === true || losesRole ? await artifactRevocation.revokeAccount(before.id) : 0;
      for (const entry of entriesOf(before, after, ended)) audit.record(entry);
      if (normalizeLogin(before.email) !== normalizeLogin(after.email)) {
        const notice = { notice: 'email_changed', at: after.updatedAt } as const;
        const outbox = { mailOutbox, issuer: deps.issuer };
        await sendNotice(outbox, after, { ...notice, to: before.email });
        await sendNotice(outbox, after, notice);
      }
      return after;
    };
    return demotes ? keepAnAdministrator(accounts, change) : change();
  });
}

function entriesOf(before: Account, after: Account, ended: number): readonly AuditEntry[] {
  const subject = { kind: 'user', id: before.id } as const;
  const details = describeAccountChange(before, after);
  const isUpdate = Array.isArray(details.changed) && details.changed.length > 0;
  const isToggle = before.disabled !== after.disabled;
  return [
    ...(isUpdate || !isToggle ? [{ type: 'user.updated', subject, details } as const] : []),
    ...(isToggle
      ? [{ type: after.disabled ? 'user.disabled' : 'user.enabled', subject, details: { ended } } as const]
      : []),
  ];
}

function changesMoreThanProfile(before: Account, after: Account): boolean {
  return (
    before.email !== after.email ||
    before.emailVerified !== after.emailVerified ||
    before.username !== after.username ||
    before.disabled !== after.disabled ||
    changedRoles(before, after).length > 0
  );
}

function changedRoles(before: Account, after: Account): readonly string[] {
  return [
    ...after.roles.filter((role) => !before.roles.includes(role)),
    ...before.roles.filter((role) => !after.roles.includes(role)),
  ];
}

function applyChanges(before: Account, changes: AccountChanges, now: Date): Account {
  const email = changes.email === undefined ? before.email : tidyEmail(changes.email);
  const sameEmail = normalizeLogin(email) === normalizeLogin(before.email);
  return {
    ...withRoles(before, changes.roles === undefined ? before.roles : tidyRoles(changes.roles)),
    email,
    emailVerified: changes.emailVerified ?? (sameEmail && before.emailVerified),
    username:
      changes.username === undefined
        ? before.username
        : changes.username === null
          ? undefined
          : tidyUsername(changes.username),
    profile: changeProfile(before.profile, changes.profile ?? {}).profile,
    disabled: changes.disabled ?? before.disabled,
    version: before.version + 1,
    updatedAt: now,
  };
}
