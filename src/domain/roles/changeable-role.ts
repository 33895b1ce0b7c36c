import { DomainError } from '../errors.js';
import type { RoleStore } from './role-store.js';
import type { Role } from './role.js';

/** The refusal of a role that is not there. */
export function roleNotFound(name: string): DomainError {
  return new DomainError('not_found', `There is no role ${JSON.stringify(name)}.`);
}

/**
 * Finds a role that is about to be changed and keeps others from changing it meanwhile.
 * @throws {DomainError} `not_found`, `built_in`, `declared_in_configuration`
 */
export async function findChangeableRole(
  roles: Pick<RoleStore, 'findForUpdate'>,
  name: string,
): Promise<Role> {
  const role = await roles.findForUpdate(name);
  if (role === undefined) throw roleNotFound(name);
  if (role.builtIn) {
    throw new DomainError('built_in', `The role ${name} is built in; it cannot be changed or deleted.`);
  }
  if (role.source === 'configuration') {
    throw new DomainError(
      'declared_in_configuration',
      `The role ${name} is declared in the configuration file; change it there and restart.`,
    );
  }
  return role;
}
