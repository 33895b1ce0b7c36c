import type { Clock } from '../clock.js';
import { refuseIfFaulty } from '../errors.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { findChangeableRole } from './changeable-role.js';
import { refuseIfBeyond, type Grantor } from './grantor.js';
import { roleFaults, tidyPermissions, type Role, type RoleAttributes } from './role.js';

export interface UpdateRoleDeps {
  readonly unitOfWork: UnitOfWork<'roles' | 'audit'>;
  readonly clock: Clock;
}

/**
 * Changes a role; what is absent stays. It holds at once for everybody who has the role.
 * @param expect sees the role before anything is changed, and may throw to keep it
 * @throws {DomainError} `invalid_input` with all faults, `not_found`, `built_in`, `declared_in_configuration`, `insufficient_rights`
 */
export async function updateRole(
  deps: UpdateRoleDeps,
  grantor: Grantor,
  name: string,
  changes: Partial<RoleAttributes>,
  expect?: (before: Role) => void,
): Promise<Role> {
  refuseIfFaulty(roleFaults(changes));
  return deps.unitOfWork.run(async ({ roles, audit }) => {
    const before = await findChangeableRole(roles, name);
    expect?.(before);
    refuseIfBeyond(grantor, [...before.permissions, ...(changes.permissions ?? [])]);
    const after: Role = {
      ...before,
      description: changes.description?.trim() ?? before.description,
      permissions:
        changes.permissions === undefined ? before.permissions : tidyPermissions(changes.permissions),
      updatedAt: deps.clock.now(),
    };
    await roles.update(after);
    audit.record({
      type: 'role.updated',
      subject: { kind: 'role', id: name },
      details: { permissions: after.permissions },
    });
    return after;
  });
}
