import { newAccountId } from '../accounts/account-id.js';
import { tidyRoles } from '../accounts/account-input.js';
import type { Clock } from '../clock.js';
import { refuseIfFaulty, type FieldFault } from '../errors.js';
import { findGrantableRoles, OPERATOR } from '../roles/grantor.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { foldGroupName, groupFaults, tidyGroupName, type Group, type GroupAttributes } from './group.js';

/** A group as the configuration file declares it. */
export type DeclaredGroup = GroupAttributes;

export interface EnsureDeclaredGroupsDeps {
  readonly unitOfWork: UnitOfWork<'groups' | 'roles' | 'audit'>;
  readonly clock: Clock;
}

/**
 * Creates and updates the groups of the configuration file; members are left alone. One that is declared no longer
 * stays, and can be changed at run time from then on. Where nothing differs, nothing is written.
 * @throws {DomainError} `invalid_input` with the faults of all of them, each under `groups/<name>/<field>`
 */
export async function ensureDeclaredGroups(
  deps: EnsureDeclaredGroupsDeps,
  declared: readonly DeclaredGroup[],
): Promise<void> {
  refuseIfFaulty(declared.flatMap((group, index) => faultsOf(group, declared.slice(0, index))));
  await deps.unitOfWork.run(async ({ groups, roles, audit }) => {
    const now = deps.clock.now();
    const existing = new Map((await groups.list()).map((group) => [foldGroupName(group.name), group]));
    for (const declaration of declared) {
      const before = existing.get(foldGroupName(declaration.name));
      const group: Group = {
        id: before?.id ?? newAccountId(now),
        name: tidyGroupName(declaration.name),
        description: declaration.description,
        roles: tidyRoles(declaration.roles),
        source: 'configuration',
        createdAt: before?.createdAt ?? now,
        updatedAt: now,
      };
      if (before !== undefined && isSame(before, group)) continue;
      await findGrantableRoles(roles, OPERATOR, group.roles, `groups/${group.name}/roles`);
      await (before === undefined ? groups.insert(group) : groups.update(group));
      audit.record({
        type: before === undefined ? 'group.created' : 'group.updated',
        subject: { kind: 'group', id: group.id },
        details: { name: group.name, roles: group.roles, declared: true },
      });
    }
    const names = new Set(declared.map(({ name }) => foldGroupName(name)));
    for (const [name, group] of existing) {
      if (group.source !== 'configuration' || names.has(name)) continue;
      await groups.update({ ...group, source: 'database', updatedAt: now });
      audit.record({
        type: 'group.updated',
        subject: { kind: 'group', id: group.id },
        details: { name: group.name, declared: false },
      });
    }
  });
}

function isSame(one: Group, other: Group): boolean {
  return (
    one.source === other.source &&
    one.name === other.name &&
    one.description === other.description &&
    one.roles.join(' ') === other.roles.join(' ')
  );
}

function faultsOf(group: DeclaredGroup, earlier: readonly DeclaredGroup[]): readonly FieldFault[] {
  const place = `groups/${group.name}`;
  const repeated = earlier.some(({ name }) => foldGroupName(name) === foldGroupName(group.name));
  const faults = repeated
    ? [{ field: 'name', code: 'repeated', detail: 'The group is declared more than once.' }]
    : groupFaults(group);
  return faults.map(({ field, code, detail }) => ({
    field: `${place}/${field}`,
    code,
    detail: `${place}: ${detail}`,
  }));
}
