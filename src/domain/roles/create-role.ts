import type { Clock } from '../clock.js';
import { refuseIfFaulty } from '../errors.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { refuseIfBeyond, type Grantor } from './grantor.js';
import { roleFaults, roleNameFaults, tidyPermissions, type Role, type RoleAttributes } from './role.js';

export interface CreateRoleDeps {
  readonly unitOfWork: UnitOfWork<'roles' | 'audit'>;
  readonly clock: Clock;
}

export interface CreateRoleInput extends Partial<RoleAttributes> {
  readonly name: string;
}

/**
 * Creates a role.
 * @throws {DomainError} `invalid_input` with all faults, `already_exists`, `insufficient_rights`
 */
export async function createRole(
  deps: CreateRoleDeps,
  grantor: Grantor,
  { name, description = '', permissions = [] }: CreateRoleInput,
): Promise<Role> {
  refuseIfFaulty([...roleNameFaults(name), ...roleFaults({ description, permissions })]);
  refuseIfBeyond(grantor, permissions);
  const now = deps.clock.now();
  const role: Role = {
    name,
    description: description.trim(),
    permissions: tidyPermissions(permissions),
    builtIn: false,
    source: 'database',
    createdAt: now,
    updatedAt: now,
  };
  await deps.unitOfWork.run(async ({ roles, audit }) => {
    await roles.insert(role);
    audit.record({
      type: 'role.created',
      subject: { kind: 'role', id: name },
      details: { permissions: role.permissions },
    });
  });
  return role;
}
