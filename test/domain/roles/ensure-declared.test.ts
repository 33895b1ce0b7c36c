import { ensureDeclaredGroups } from '../../../src/domain/groups/ensure-declared-groups.js';
import { addGroupMember } from '../../../src/domain/groups/group-membership.js';
import { createAccount } from '../../../src/domain/accounts/create-account.js';
import { createGroup } from '../../../src/domain/groups/create-group.js';
import { createRole } from '../../../src/domain/roles/create-role.js';
import { ensureDeclaredRoles } from '../../../src/domain/roles/ensure-declared-roles.js';
import { OPERATOR } from '../../../src/domain/roles/grantor.js';
import { createAccountDeps, faultsOf } from '../../support/account-deps.js';

let deps: ReturnType<typeof createAccountDeps>;
beforeEach(() => {
  deps = createAccountDeps();
});

const support = { name: 'support', description: 'Helps', permissions: ['users:read'] };
const desk = { name: 'Help desk', description: 'Telephone', roles: ['support'] };

describe('roles and groups of the configuration file', () => {
  test('are created once, updated when they differ, and freed when they are declared no longer', async () => {
    await ensureDeclaredRoles(deps, [support]);
    await ensureDeclaredGroups(deps, [desk]);
    const [group] = await deps.groups.list();
    expect(await deps.roles.find('support')).toMatchObject({ ...support, source: 'configuration' });
    expect(group).toMatchObject({ ...desk, source: 'configuration' });

    deps.audit.entries.length = 0;
    await ensureDeclaredRoles(deps, [support]);
    await ensureDeclaredGroups(deps, [desk]);
    expect(deps.audit.entries).toEqual([]);

    await ensureDeclaredRoles(deps, [{ ...support, permissions: [] }]);
    await ensureDeclaredGroups(deps, [{ ...desk, name: 'HELP DESK', roles: [] }]);
    expect((await deps.roles.find('support'))?.permissions).toEqual([]);
    expect(await deps.groups.list()).toMatchObject([{ id: group?.id, name: 'HELP DESK', roles: [] }]);

    await ensureDeclaredRoles(deps, []);
    await ensureDeclaredGroups(deps, []);
    expect((await deps.roles.find('support'))?.source).toBe('database');
    expect((await deps.groups.list())[0]?.source).toBe('database');
    expect(deps.audit.entries.map(({ type }) => type)).toEqual([
      'role.updated',
      'group.updated',
      'role.updated',
      'group.updated',
    ]);
  });

  test('take over those that were made before, with their members', async () => {
    await createRole(deps, OPERATOR, { name: 'support' });
    const { id: groupId } = await createGroup(deps, OPERATOR, { name: 'help desk' });
    const { id: accountId } = await createAccount(deps, { email: 'ada@example.com' });
    await addGroupMember(deps, OPERATOR, { groupId, accountId });
    await ensureDeclaredRoles(deps, [support]);
    await ensureDeclaredGroups(deps, [desk]);
    expect(await deps.accounts.findById(accountId)).toMatchObject({
      groups: [{ id: groupId, name: 'Help desk', roles: ['support'] }],
      effectiveRoles: ['support'],
    });
  });

  test('are refused with every fault, each under its place', async () => {
    const roles = ensureDeclaredRoles(deps, [
      { ...support, permissions: ['nothing'] },
      { name: 'admin', description: '', permissions: [] },
      { name: 'Not One', description: '', permissions: [] },
    ]);
    expect(await faultsOf(roles)).toEqual([
      'roles/support/permissions/0: permission_unknown',
      'roles/admin/name: built_in',
      'roles/Not One/name: role_invalid',
    ]);
    const repeated = ensureDeclaredGroups(deps, [desk, { ...desk, name: 'HELP DESK' }]);
    expect(await faultsOf(repeated)).toEqual(['groups/HELP DESK/name: repeated']);
    const unknown = ensureDeclaredGroups(deps, [desk]);
    expect(await faultsOf(unknown)).toEqual(['groups/Help desk/roles/0: role_unknown']);
    expect(await deps.groups.list()).toEqual([]);
  });
});
