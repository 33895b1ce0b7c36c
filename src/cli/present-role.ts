import type { Group } from '../domain/groups/group.js';
import type { GroupMember } from '../domain/groups/group-store.js';
import type { JsonObject } from '../domain/json.js';
import type { Role } from '../domain/roles/role.js';
import { presentFields, presentTable } from './output.js';

/** A role for a person at a terminal. */
export function presentRole(role: Role): string {
  return presentFields([
    ['Name', role.name],
    ['Description', role.description || undefined],
    ['Permissions', role.permissions.join(' ') || '(none)'],
    ['Declared in', declaredIn(role)],
  ]);
}

/** Roles as a table. */
export function presentRoles(roles: readonly Role[]): string {
  return presentTable(
    ['NAME', 'PERMISSIONS', 'DECLARED IN', 'DESCRIPTION'],
    roles.map((role) => [role.name, role.permissions.join(' '), declaredIn(role) ?? '', role.description]),
  );
}

/** A role as JSON. */
export function roleAsJson(role: Role): JsonObject {
  return {
    name: role.name,
    description: role.description,
    permissions: role.permissions,
    built_in: role.builtIn,
    source: role.source,
    created_at: role.createdAt.toISOString(),
    updated_at: role.updatedAt.toISOString(),
  };
}

/** A group for a person at a terminal. */
export function presentGroup(group: Group, members: readonly GroupMember[] = []): string {
  return presentFields([
    ['Id', group.id],
    ['Name', group.name],
    ['Description', group.description || undefined],
    ['Roles', group.roles.join(' ') || '(none)'],
    ...members.map(({ email }, index): [string, string] => [index === 0 ? 'Members' : '', email]),
    ['Declared in', group.source === 'configuration' ? 'the configuration file' : undefined],
  ]);
}

/** Groups as a table. */
export function presentGroups(groups: readonly Group[]): string {
  if (groups.length === 0) return 'There are no groups yet. Make one with: latchkey group create --help';
  return presentTable(
    ['ID', 'NAME', 'ROLES', 'SOURCE'],
    groups.map((group) => [group.id, group.name, group.roles.join(' '), group.source]),
  );
}

/** A group as JSON. */
export function groupAsJson(group: Group): JsonObject {
  return {
    id: group.id,
    name: group.name,
    description: group.description,
    roles: group.roles,
    source: group.source,
    created_at: group.createdAt.toISOString(),
    updated_at: group.updatedAt.toISOString(),
  };
}

function declaredIn(role: Role): string | undefined {
  if (role.builtIn) return 'the product';
  return role.source === 'configuration' ? 'the configuration file' : undefined;
}
