import { tidyRoles } from '../accounts/account-input.js';
import { keepAnAdministrator } from '../accounts/keep-an-administrator.js';
import type { Clock } from '../clock.js';
import { refuseIfFaulty } from '../errors.js';
import { findGrantableRoles, type Grantor } from '../roles/grantor.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { findChangeableGroup } from './changeable-group.js';
import { groupFaults, tidyGroupName, type Group, type GroupAttributes } from './group.js';

export interface UpdateGroupDeps {
  readonly unitOfWork: UnitOfWork<'accounts' | 'groups' | 'roles' | 'audit'>;
  readonly clock: Clock;
}

/**
 * Changes a group; what is absent stays. Roles that it gets or loses hold at once for all members.
 * @param id the group's id
 * @param expect sees the group before anything is changed, and may throw to keep it
 * @throws {DomainError} `invalid_input` with all faults, `not_found`, `already_exists` naming `name`, `insufficient_rights`,
 *   `declared_in_configuration`, `last_administrator`
 */
export async function updateGroup(
  deps: UpdateGroupDeps,
  grantor: Grantor,
  id: string,
  changes: Partial<GroupAttributes>,
  expect?: (before: Group) => void,
): Promise<Group> {
  refuseIfFaulty(groupFaults(changes));
  return deps.unitOfWork.run(({ accounts, groups, roles, audit }) =>
    keepAnAdministrator(accounts, async () => {
      const before = await findChangeableGroup(groups, id);
      expect?.(before);
      const after: Group = {
        ...before,
        name: changes.name === undefined ? before.name : tidyGroupName(changes.name),
        description: changes.description?.trim() ?? before.description,
        roles: changes.roles === undefined ? before.roles : tidyRoles(changes.roles),
        updatedAt: deps.clock.now(),
      };
      await findGrantableRoles(roles, grantor, changedRoles(before, after));
      await groups.update(after);
      audit.record({
        type: 'group.updated',
        subject: { kind: 'group', id },
        details: { name: after.name, roles: after.roles },
      });
      return after;
    }),
  );
}

function changedRoles(before: Group, after: Group): readonly string[] {
  return [
    ...after.roles.filter((role) => !before.roles.includes(role)),
    ...before.roles.filter((role) => !after.roles.includes(role)),
  ];
}
