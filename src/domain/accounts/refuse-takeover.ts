import { DomainError } from '../errors.js';
import type { Grantor } from '../roles/grantor.js';
import { permissionsOf } from '../roles/permission.js';
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
  if (grantor === undefined || account.effectiveRoles.length === 0) return;
  const own = grantor.permissions;
  if (own === 'all') return;
  const held = permissionsOf(account.effectiveRoles, await roles.findAll(account.effectiveRoles));
  const beyond = [...held].filter((permission) => !own.has(permission));
  if (beyond.length === 0) return;
  throw new DomainError(
    'insufficient_rights',
    `The account may do what you may not: ${beyond.join(', ')}. Ask somebody who may do as much.`,
  );
}
