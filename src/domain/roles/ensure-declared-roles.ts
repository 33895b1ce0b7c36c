import type { Clock } from '../clock.js';
import { refuseIfFaulty, type FieldFault } from '../errors.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { roleFaults, roleNameFaults, tidyPermissions, type Role, type RoleAttributes } from './role.js';

/** A role as the configuration file declares it. */
export interface DeclaredRole extends RoleAttributes {
  readonly name: string;
}

export interface EnsureDeclaredRolesDeps {
  readonly unitOfWork: UnitOfWork<'roles' | 'audit'>;
  readonly clock: Clock;
}

/**
 * Creates and updates the roles of the configuration file. One that is declared no longer stays, and can be changed
 * at run time from then on. Where nothing differs, nothing is written.
 * @throws {DomainError} `invalid_input` with the faults of all of them, each under `roles/<name>/<field>`
 */
export async function ensureDeclaredRoles(
  deps: EnsureDeclaredRolesDeps,
  declared: readonly DeclaredRole[],
): Promise<void> {
  refuseIfFaulty(declared.flatMap(faultsOf));
  await deps.unitOfWork.run(async ({ roles, audit }) => {
    const now = deps.clock.now();
    const existing = new Map((await roles.list()).map((role) => [role.name, role]));
    for (const { name, description, permissions } of declared) {
      const before = existing.get(name);
      const role: Role = {
        name,
        description,
        permissions: tidyPermissions(permissions),
        builtIn: false,
        source: 'configuration',
        createdAt: before?.createdAt ?? now,
        updatedAt: now,
      };
      if (before !== undefined && isSame(before, role)) continue;
      const details = { permissions: role.permissions, declared: true };
      await (before === undefined ? roles.insert(role) : roles.update(role));
      const type = before === undefined ? 'role.created' : 'role.updated';
      audit.record({ type, subject: { kind: 'role', id: name }, details });
    }
    for (const role of existing.values()) {
      if (role.source !== 'configuration' || declared.some(({ name }) => name === role.name)) continue;
      await roles.update({ ...role, source: 'database', updatedAt: now });
      audit.record({
        type: 'role.updated',
        subject: { kind: 'role', id: role.name },
        details: { declared: false },
      });
    }
  });
}

function isSame(one: Role, other: Role): boolean {
  return (
    one.source === other.source &&
    one.description === other.description &&
    one.permissions.join(' ') === other.permissions.join(' ')
  );
}

function faultsOf(role: DeclaredRole): readonly FieldFault[] {
  const place = `roles/${role.name}`;
  const builtIn: readonly FieldFault[] =
    role.name === 'admin'
      ? [{ field: 'name', code: 'built_in', detail: 'The role admin is built in; leave it out.' }]
      : [];
  return [...roleNameFaults(role.name), ...builtIn, ...roleFaults(role)].map(({ field, code, detail }) => ({
    field: `${place}/${field}`,
    code,
    detail: `${place}: ${detail}`,
  }));
}
