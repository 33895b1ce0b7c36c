import { createAccount } from '../../../src/domain/accounts/create-account.js';
import { setAccountDisabled } from '../../../src/domain/accounts/set-account-disabled.js';
import { updateAccount } from '../../../src/domain/accounts/update-account.js';
import type { Account } from '../../../src/domain/accounts/account.js';
import { createGroup } from '../../../src/domain/groups/create-group.js';
import { deleteGroup } from '../../../src/domain/groups/delete-group.js';
import { addGroupMember, removeGroupMember } from '../../../src/domain/groups/group-membership.js';
import { listGroupMembers, listGroups, showGroup } from '../../../src/domain/groups/list-groups.js';
import { updateGroup } from '../../../src/domain/groups/update-group.js';
import { createRole } from '../../../src/domain/roles/create-role.js';
import { OPERATOR, type Grantor } from '../../../src/domain/roles/grantor.js';
import { createAccountDeps, faultsOf, refusalOf } from '../../support/account-deps.js';

let deps: ReturnType<typeof createAccountDeps>;
beforeEach(async () => {
  deps = createAccountDeps();
  await createRole(deps, OPERATOR, { name: 'support', permissions: ['users:read'] });
  deps.audit.entries.length = 0;
});

const HELPER: Grantor = { permissions: new Set(['users:read', 'users:write']) };
const account = (email = 'ada@example.com', roles: readonly string[] = []): Promise<Account> =>
  createAccount(deps, { email, roles });
const group = (name = 'Help desk', roles: readonly string[] = ['support']) =>
  createGroup(deps, OPERATOR, { name, roles });

describe('groups', () => {
  test('are created, found by id or name, changed and deleted', async () => {
    const created = await createGroup(deps, OPERATOR, {
      name: ' Help desk ',
      description: 'Telephone',
      roles: ['support', 'support'],
    });
    expect(created).toMatchObject({ name: 'Help desk', roles: ['support'], source: 'database' });
    expect(await showGroup(deps, created.id)).toEqual(created);
    expect(await showGroup(deps, 'HELP DESK')).toEqual(created);
    const updated = await updateGroup(deps, OPERATOR, created.id, { name: 'Desk', roles: [] });
    expect(updated).toMatchObject({ name: 'Desk', description: 'Telephone', roles: [] });
    expect(await listGroups(deps)).toEqual([updated]);
    await deleteGroup(deps, OPERATOR, created.id);
    expect((await refusalOf(showGroup(deps, 'Desk'))).code).toBe('not_found');
    expect(deps.audit.entries.map(({ type }) => type)).toEqual([
      'group.created',
      'group.updated',
      'group.deleted',
    ]);
  });

  test('are refused with all faults at once', async () => {
    const faulty = createGroup(deps, OPERATOR, {
      name: '\u202Ex',
      description: 'x'.repeat(501),
      roles: ['No Role'],
    });
    expect(await faultsOf(faulty)).toEqual([
      'name: group_name_invalid',
      'description: description_invalid',
      'roles/0: role_invalid',
    ]);
    expect(await faultsOf(group('x', ['none']))).toEqual(['roles/0: role_unknown']);
    await group();
    expect(await faultsOf(group('help DESK'))).toEqual(['name: taken']);
  });

  test('that are declared in the configuration cannot be changed, save their members', async () => {
    const { id } = await account();
    const created = await group();
    await deps.groups.update({ ...created, source: 'configuration' });
    for (const attempt of [
      updateGroup(deps, OPERATOR, created.id, { name: 'x' }),
      deleteGroup(deps, OPERATOR, created.id),
    ]) {
      expect((await refusalOf(attempt)).code).toBe('declared_in_configuration');
    }
    const member = await addGroupMember(deps, OPERATOR, { groupId: created.id, accountId: id });
    expect(member.effectiveRoles).toEqual(['support']);
  });

  test('give their members their roles, and take them back with all that was issued', async () => {
    const { id: accountId } = await account();
    const { id: groupId } = await group();
    const membership = { groupId, accountId };
    const member = await addGroupMember(deps, OPERATOR, membership);
    expect(member).toMatchObject({
      roles: [],
      groups: [{ id: groupId, name: 'Help desk', roles: ['support'] }],
      effectiveRoles: ['support'],
      version: 2,
    });
    expect(await addGroupMember(deps, OPERATOR, membership)).toEqual(member);
    expect(await listGroupMembers(deps, groupId)).toEqual({
      members: [{ accountId, email: 'ada@example.com' }],
      next: undefined,
    });
    expect(deps.revoked).toEqual([]);
    const left = await removeGroupMember(deps, OPERATOR, membership);
    expect(left).toMatchObject({ groups: [], effectiveRoles: [], version: 3 });
    expect(await removeGroupMember(deps, OPERATOR, membership)).toEqual(left);
    expect(deps.revoked).toEqual([accountId]);
    expect(deps.audit.entries.slice(-2)).toMatchObject([
      { type: 'group.member_added', subject: { kind: 'user', id: accountId }, details: { group: groupId } },
      { type: 'group.member_removed', subject: { kind: 'user', id: accountId }, details: { group: groupId } },
    ]);
  });

  test('whoever is not there is not found', async () => {
    const { id: accountId } = await account();
    const { id: groupId } = await group();
    for (const attempt of [
      addGroupMember(deps, OPERATOR, { groupId: accountId, accountId }),
      addGroupMember(deps, OPERATOR, { groupId, accountId: groupId }),
      removeGroupMember(deps, OPERATOR, { groupId: accountId, accountId }),
      listGroupMembers(deps, accountId),
      updateGroup(deps, OPERATOR, accountId, {}),
      deleteGroup(deps, OPERATOR, accountId),
    ]) {
      expect((await refusalOf(attempt)).code).toBe('not_found');
    }
    expect(await faultsOf(listGroupMembers(deps, groupId, { limit: 0, after: 'x' }))).toEqual([
      'limit: out_of_range',
      'after: cursor_invalid',
    ]);
  });

  test.each<[string, (ids: { admins: string; desk: string; accountId: string }) => Promise<unknown>]>([
    ['create one with more', () => createGroup(deps, HELPER, { name: 'x', roles: ['admin'] })],
    ['give one more', ({ desk }) => updateGroup(deps, HELPER, desk, { roles: ['support', 'admin'] })],
    ['take from one', ({ admins }) => updateGroup(deps, HELPER, admins, { roles: [] })],
    ['delete one', ({ admins }) => deleteGroup(deps, HELPER, admins)],
    ['join one', ({ admins, accountId }) => addGroupMember(deps, HELPER, { groupId: admins, accountId })],
    ['leave one', ({ admins, accountId }) => removeGroupMember(deps, HELPER, { groupId: admins, accountId })],
  ])('nobody can %s than they may themselves', async (_what, attempt) => {
    const { id: accountId } = await account();
    const { id: admins } = await group('Administrators', ['admin']);
    const { id: desk } = await group();
    const refusal = await refusalOf(attempt({ admins, desk, accountId }));
    expect(refusal.code).toBe('insufficient_rights');
    expect(await listGroups(deps)).toMatchObject([{ roles: ['admin'] }, { roles: ['support'] }]);
    expect((await deps.accounts.findById(accountId))?.groups).toEqual([]);
  });
});

describe('an administrator by a group', () => {
  let accountId: string;
  let groupId: string;
  beforeEach(async () => {
    ({ id: accountId } = await account());
    ({ id: groupId } = await group('Administrators', ['admin']));
    await addGroupMember(deps, OPERATOR, { groupId, accountId });
  });

  test.each<[string, () => Promise<unknown>]>([
    ['leaves the group', () => removeGroupMember(deps, OPERATOR, { groupId, accountId })],
    ['loses it with the group', () => deleteGroup(deps, OPERATOR, groupId)],
    ['loses it as the group loses the role', () => updateGroup(deps, OPERATOR, groupId, { roles: [] })],
    ['is disabled', () => setAccountDisabled(deps, accountId, true)],
  ])('who is the last one stays, when he or she %s', async (_how, attempt) => {
    expect((await refusalOf(attempt())).code).toBe('last_administrator');
    expect(await deps.accounts.countEnabledWithRole('admin')).toBe(1);
    expect(deps.revoked).toEqual([]);
    await account('bob@example.com', ['admin']);
    await attempt();
    expect(await deps.accounts.countEnabledWithRole('admin')).toBe(1);
  });

  test('may lose the same role of their own', async () => {
    await updateAccount(deps, accountId, { roles: ['admin'] });
    const updated = await updateAccount(deps, accountId, { roles: [] });
    expect(updated).toMatchObject({ roles: [], effectiveRoles: ['admin'] });
  });
});
