import type { UnitOfWork } from '../unit-of-work.js';
import { findChangeableRole } from './changeable-role.js';
import { refuseIfBeyond, type Grantor } from './grantor.js';
import type { Role } from './role.js';

export interface DeleteRoleDeps {
  readonly unitOfWork: UnitOfWork<'roles' | 'audit'>;
}

/**
 * Deletes a role, also from every account and group that has it.
 * @param expect sees the role before anything is deleted, and may throw to keep it
 * @throws {DomainError} `not_found`, `built_in`, `declared_in_configuration`, `insufficient_rights`
 */
export async function deleteRole(
  deps: DeleteRoleDeps,
  grantor: Grantor,
  name: string,
  expect?: (before: Role) => void,
): Promise<void> {
  await deps.unitOfWork.run(async ({ roles, audit }) => {
    const role = await findChangeableRole(roles, name);
    expect?.(role);
    refuseIfBeyond(grantor, role.permissions);
    await roles.remove(name);
    audit.record({ type: 'role.deleted', subject: { kind: 'role', id: name } });
  });
}
