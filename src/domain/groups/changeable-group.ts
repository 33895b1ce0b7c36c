import { DomainError } from '../errors.js';
import type { GroupStore } from './group-store.js';
import type { Group } from './group.js';

/**
 * The refusal of a group that is not there.
 * @param identifier what somebody looked for
 */
export function groupNotFound(identifier?: string): DomainError {
  const which = identifier === undefined ? 'such group' : `group ${JSON.stringify(identifier)}`;
  return new DomainError('not_found', `There is no ${which}.`);
}

/**
 * Reads a group and keeps others from changing it until the unit of work ends.
 * @throws {DomainError} `not_found`
 */
export async function lockGroup(groups: Pick<GroupStore, 'findForUpdate'>, id: string): Promise<Group> {
  const group = await groups.findForUpdate(id);
  if (group === undefined) throw groupNotFound();
  return group;
}

/**
 * Like `lockGroup`, for a change of the group itself.
 * @throws {DomainError} `not_found`, `declared_in_configuration`
 */
export async function findChangeableGroup(
  groups: Pick<GroupStore, 'findForUpdate'>,
  id: string,
): Promise<Group> {
  const group = await lockGroup(groups, id);
  if (group.source === 'database') return group;
  throw new DomainError(
    'declared_in_configuration',
    `The group ${group.name} is declared in the configuration file; change it there and restart.`,
  );
}
