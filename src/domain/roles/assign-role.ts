import { tidyRoles } from '../accounts/account-input.js';
import { withRoles, type Account } from '../accounts/account.js';
import { keepAnAdministrator } from '../accounts/keep-an-administrator.js';
import { lockAccount } from '../accounts/lock-account.js';
import { refuseTakeover } from '../accounts/refuse-takeover.js';
import type { Clock } from '../clock.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { findGrantableRoles, type Grantor } from './grantor.js';

export interface AssignRoleDeps {
  readonly unitOfWork: UnitOfWork<'accounts' | 'roles' | 'artifactRevocation' | 'audit'>;
  readonly clock: Clock;
}

/**
 * Gives an account a role; one that it holds itself already stays as it is.
 * @param accountId the account's id
 * @throws {DomainError} `not_found` for the account, `invalid_input` for a role that does not exist, `insufficient_rights`
 *   for a role or an account that may do more than the grantor
 */
export async function assignRole(
  deps: AssignRoleDeps,
  grantor: Grantor,
  accountId: string,
  role: string,
): Promise<Account> {
  return deps.unitOfWork.run(async ({ accounts, roles, audit }) => {
    const before = await lockAccount(accounts, accountId);
    await findGrantableRoles(roles, grantor, [role], 'role');
    await refuseTakeover(roles, grantor, before);
    if (before.roles.includes(role)) return before;
    const after: Account = {
      ...withRoles(before, tidyRoles([...before.roles, role])),
      version: before.version + 1,
      updatedAt: deps.clock.now(),
    };
    await accounts.update(after);
    audit.record({ type: 'role.assigned', subject: { kind: 'user', id: before.id }, details: { role } });
    return after;
  });
}

/**
 * Takes a role from an account, which ends all that was issued to it. What the account has of its groups stays.
 * @param accountId the account's id
 * @throws {DomainError} `not_found` for the account, `invalid_input` for a role that does not exist, `insufficient_rights`
 *   for a role or an account that may do more than the grantor, `last_administrator`
 */
export async function unassignRole(
  deps: AssignRoleDeps,
  grantor: Grantor,
  accountId: string,
  role: string,
): Promise<Account> {
  return deps.unitOfWork.run(async ({ accounts, roles, artifactRevocation, audit }) =>
    keepAnAdministrator(accounts, async () => {
      const before = await lockAccount(accounts, accountId);
      await findGrantableRoles(roles, grantor, [role], 'role');
      await refuseTakeover(roles, grantor, before);
      if (!before.roles.includes(role)) return before;
      const rest = before.roles.filter((held) => held !== role);
      const after: Account = {
        ...withRoles(before, rest),
        version: before.version + 1,
        updatedAt: deps.clock.now(),
      };
      await accounts.update(after);
      await artifactRevocation.revokeAccount(before.id);
      audit.record({ type: 'role.unassigned', subject: { kind: 'user', id: before.id }, details: { role } });
      return after;
    }),
  );
}
