import { DomainError, refuseIfFaulty } from '../errors.js';
import { isPermission, type Permission } from './permission.js';
import type { RoleStore } from './role-store.js';
import { roleNameFaults, type Role } from './role.js';

/** Whoever hands out or takes away roles: nobody gives what they lack. */
export interface Grantor {
  /** `all` for the operator on the machine itself. */
  readonly permissions: ReadonlySet<Permission> | 'all';
}

/** The operator at the command line, who may do everything. */
export const OPERATOR: Grantor = { permissions: 'all' };

/**
 * Refuses permissions that the grantor lacks.
 * @throws {DomainError} `insufficient_rights`
 */
export function refuseIfBeyond(grantor: Grantor, permissions: readonly string[]): void {
  const own = grantor.permissions;
  if (own === 'all') return;
  const beyond = permissions.filter((permission) => isPermission(permission) && !own.has(permission));
  if (beyond.length === 0) return;
  const names = [...new Set(beyond)].join(', ');
  throw new DomainError(
    'insufficient_rights',
    `You lack ${names} yourself, so you can neither give nor take it away.`,
  );
}

/**
 * Finds the roles that are about to be given or taken away, and sees that the grantor may do so.
 * @param field the field that names them, for instance `roles`
 * @throws {DomainError} `invalid_input` naming roles that do not exist, `insufficient_rights`
 */
export async function findGrantableRoles(
  roles: Pick<RoleStore, 'findAll'>,
  grantor: Grantor,
  names: readonly string[],
  field = 'roles',
): Promise<readonly Role[]> {
  if (names.length === 0) return [];
  refuseIfFaulty(names.flatMap((name, index) => roleNameFaults(name, `${field}/${index}`)));
  const found = await roles.findAll(names);
  refuseIfFaulty(
    names.flatMap((name, index) =>
      found.some((role) => role.name === name)
        ? []
        : [
            {
              field: `${field}/${index}`,
              code: 'role_unknown',
              detail: `There is no role ${JSON.stringify(name)}; create it first.`,
            },
          ],
    ),
  );
  refuseIfBeyond(
    grantor,
    found.flatMap(({ permissions }) => permissions),
  );
  return found;
}
