import { DomainError } from '../errors.js';
import type { Grantor } from '../roles/grantor.js';
import { permissionsOf, type Permission } from '../roles/permission.js';
import type { RoleStore } from '../roles/role-store.js';
import type { Account } from './account.js';

/**
 * Refuses a change to an account that may do more than whoever makes it: by how it signs in they could become it, and by
 * its status, sessions and membership they could keep its owner from doing what they themselves may not. What the owner
 * tells about themselves, the profile, is free of this.
 * @param grantor who makes the change; absent: the operator, or the account's owner
 * @throws {DomainError} `insufficient_rights`
 * @see OWASP ASVS 5.0 V8.2.2
 */
export async function refuseTakeover(
  roles: Pick<RoleStore, 'findAll'>,
  grantor: Grantor | undefined,
  account: Pick<Account, 'effectiveRoles'>,
): Promise<void> {
  const beyond = grantor === undefined ? [] : await permissionsBeyond(roles, grantor, account);
  if (beyond.length === 0) return;
  throw new DomainError(
    'insufficient_rights',
    `The account may do what you may not: ${beyond.join(', ')}. Ask somebody who may do as much.`,
  );
}

/** What the account may do and the grantor may not. */
export async function permissionsBeyond(
  roles: Pick<RoleStore, 'findAll'>,
  { permissions: own }: Grantor,
  { effectiveRoles }: Pick<Account, 'effectiveRoles'>,
): Promise<readonly Permission[]> {
  if (own === 'all' || effectiveRoles.length === 0) return [];
  const held = permissionsOf(effectiveRoles, await roles.findAll(effectiveRoles));
  return [...held].filter((permission) => !own.has(permission));
}
