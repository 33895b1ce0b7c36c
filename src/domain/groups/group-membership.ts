import type { Account } from '../accounts/account.js';
import type { AccountStore } from '../accounts/account-store.js';
import { keepAnAdministrator } from '../accounts/keep-an-administrator.js';
import { lockAccount } from '../accounts/lock-account.js';
import { refuseTakeover } from '../accounts/refuse-takeover.js';
import type { Clock } from '../clock.js';
import { findGrantableRoles, type Grantor } from '../roles/grantor.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { lockGroup } from './changeable-group.js';

export interface GroupMembershipDeps {
  readonly unitOfWork: UnitOfWork<'accounts' | 'groups' | 'roles' | 'artifactRevocation' | 'audit'>;
  readonly clock: Clock;
}

export interface GroupMembershipInput {
  readonly groupId: string;
  readonly accountId: string;
}

/**
 * Takes an account into a group; one that is a member already stays as it is.
 * @returns the account, with its groups
 * @throws {DomainError} `not_found` for either, `insufficient_rights` when the group has roles that the grantor may not give,
 *   or the account may do more than the grantor
 */
export async function addGroupMember(
  deps: GroupMembershipDeps,
  grantor: Grantor,
  { groupId, accountId }: GroupMembershipInput,
): Promise<Account> {
  return deps.unitOfWork.run(async ({ accounts, groups, roles, audit }) => {
    const group = await lockGroup(groups, groupId);
    const account = await lockAccount(accounts, accountId);
    await findGrantableRoles(roles, grantor, group.roles);
    await refuseTakeover(roles, grantor, account);
    if (!(await groups.addMember(groupId, accountId))) return account;
    audit.record({
      type: 'group.member_added',
      subject: { kind: 'user', id: account.id },
      details: { group: groupId, name: group.name },
    });
    return touch(accounts, account, deps.clock);
  });
}

/**
 * Takes an account out of a group. When it loses a role by that, all that was issued to it ends.
 * @returns the account, with its groups
 * @throws {DomainError} `not_found` for either, `insufficient_rights` as for `addGroupMember`, `last_administrator`
 */
export async function removeGroupMember(
  deps: GroupMembershipDeps,
  grantor: Grantor,
  { groupId, accountId }: GroupMembershipInput,
): Promise<Account> {
  return deps.unitOfWork.run(({ accounts, groups, roles, artifactRevocation, audit }) =>
    keepAnAdministrator(accounts, async () => {
      const group = await lockGroup(groups, groupId);
      const account = await lockAccount(accounts, accountId);
      await findGrantableRoles(roles, grantor, group.roles);
      await refuseTakeover(roles, grantor, account);
      if (!(await groups.removeMember(groupId, accountId))) return account;
      if (group.roles.length > 0) await artifactRevocation.revokeAccount(account.id);
      audit.record({
        type: 'group.member_removed',
        subject: { kind: 'user', id: account.id },
        details: { group: groupId, name: group.name },
      });
      return touch(accounts, account, deps.clock);
    }),
  );
}

/** What is told of an account has changed, so its entity tag does too. */
async function touch(accounts: AccountStore, account: Account, clock: Clock): Promise<Account> {
  await accounts.update({ ...account, version: account.version + 1, updatedAt: clock.now() });
  return lockAccount(accounts, account.id);
}
