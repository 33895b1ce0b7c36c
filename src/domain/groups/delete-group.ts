import { keepAnAdministrator } from '../accounts/keep-an-administrator.js';
import { findGrantableRoles, type Grantor } from '../roles/grantor.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { findChangeableGroup } from './changeable-group.js';
import type { Group } from './group.js';

export interface DeleteGroupDeps {
  readonly unitOfWork: UnitOfWork<'accounts' | 'groups' | 'roles' | 'audit'>;
}

/**
 * Deletes a group; its members stay, without the roles that they had by it.
 * @param id the group's id
 * @param expect sees the group before anything is deleted, and may throw to keep it
 * @throws {DomainError} `not_found`, `declared_in_configuration`, `insufficient_rights`, `last_administrator`
 */
export async function deleteGroup(
  deps: DeleteGroupDeps,
  grantor: Grantor,
  id: string,
  expect?: (before: Group) => void,
): Promise<void> {
  await deps.unitOfWork.run(({ accounts, groups, roles, audit }) =>
    keepAnAdministrator(accounts, async () => {
      const group = await findChangeableGroup(groups, id);
      expect?.(group);
      await findGrantableRoles(roles, grantor, group.roles);
      await groups.remove(id);
      audit.record({
        type: 'group.deleted',
        subject: { kind: 'group', id },
        details: { name: group.name },
      });
    }),
  );
}
