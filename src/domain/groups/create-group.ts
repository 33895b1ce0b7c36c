import { newAccountId } from '../accounts/account-id.js';
import { tidyRoles } from '../accounts/account-input.js';
import type { Clock } from '../clock.js';
import { refuseIfFaulty } from '../errors.js';
import { findGrantableRoles, type Grantor } from '../roles/grantor.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { groupFaults, tidyGroupName, type Group, type GroupAttributes } from './group.js';

export interface CreateGroupDeps {
  readonly unitOfWork: UnitOfWork<'groups' | 'roles' | 'audit'>;
  readonly clock: Clock;
}

export type CreateGroupInput = Pick<GroupAttributes, 'name'> & Partial<GroupAttributes>;

/**
 * Creates a group without members.
 * @throws {DomainError} `invalid_input` with all faults, `already_exists` naming `name`, `insufficient_rights`
 */
export async function createGroup(
  deps: CreateGroupDeps,
  grantor: Grantor,
  input: CreateGroupInput,
): Promise<Group> {
  refuseIfFaulty(groupFaults(input));
  const now = deps.clock.now();
  const group: Group = {
    id: newAccountId(now),
    name: tidyGroupName(input.name),
    description: input.description?.trim() ?? '',
    roles: tidyRoles(input.roles ?? []),
    source: 'database',
    createdAt: now,
    updatedAt: now,
  };
  await deps.unitOfWork.run(async ({ groups, roles, audit }) => {
    await findGrantableRoles(roles, grantor, group.roles);
    await groups.insert(group);
    audit.record({
      type: 'group.created',
      subject: { kind: 'group', id: group.id },
      details: { name: group.name, roles: group.roles },
    });
  });
  return group;
}
