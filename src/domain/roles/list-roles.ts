import { roleNotFound } from './changeable-role.js';
import { permissionsOf, type Permission } from './permission.js';
import type { RoleStore } from './role-store.js';
import type { Role } from './role.js';

/** All roles, ordered by name: those of the product, of the configuration file, and the others. */
export function listRoles(deps: { readonly roles: Pick<RoleStore, 'list'> }): Promise<readonly Role[]> {
  return deps.roles.list();
}

/** One role. @throws {DomainError} `not_found` */
export async function showRole(
  deps: { readonly roles: Pick<RoleStore, 'find'> },
  name: string,
): Promise<Role> {
  const role = await deps.roles.find(name);
  if (role === undefined) throw roleNotFound(name);
  return role;
}

/** What the roles of these names permit together; a name without a role permits nothing. */
export async function findPermissions(
  deps: { readonly roles: Pick<RoleStore, 'findAll'> },
  names: readonly string[],
): Promise<ReadonlySet<Permission>> {
  return names.length === 0 ? new Set() : permissionsOf(names, await deps.roles.findAll(names));
}
