import { newAccountId } from '../../../src/domain/accounts/account-id.js';
import type { Account } from '../../../src/domain/accounts/account.js';
import type { AccountStore } from '../../../src/domain/accounts/account-store.js';
import type { Group } from '../../../src/domain/groups/group.js';
import type { GroupStore } from '../../../src/domain/groups/group-store.js';
import { groupWith } from '../../support/in-memory-group-store.js';
import { accountWith } from './account-store.js';

export interface GroupStoreSubject {
  readonly groups: GroupStore;
  /** Of the same database; there are the roles `admin`, `editor` and `auditor`. */
  readonly accounts: AccountStore;
}

/**
 * What every store of groups does, and what accounts tell of their groups.
 * @param create makes empty ones
 */
export function describeGroupStore(
  name: string,
  create: () => GroupStoreSubject | Promise<GroupStoreSubject>,
): void {
  describe(`${name} as a group store`, () => {
    let groups: GroupStore;
    let accounts: AccountStore;
    beforeEach(async () => {
      ({ groups, accounts } = await create());
    });
    const insertGroup = async (changes: Partial<Group> = {}): Promise<Group> => {
      const group = groupWith({ id: newAccountId(new Date()), ...changes });
      await groups.insert(group);
      return group;
    };
    const insertAccount = async (changes: Partial<Account> = {}): Promise<Account> => {
      const account = accountWith(changes);
      await accounts.insert({ account, passwordHash: undefined });
      return account;
    };

    test('gives back what was inserted, by id and by name in any case and Unicode form', async () => {
      const group = await insertGroup({
        name: 'Bücher & “Co”',
        description: 'Second floor',
        roles: ['admin', 'editor'],
        source: 'configuration',
      });
      expect(await groups.find(group.id)).toEqual(group);
      expect(await groups.findForUpdate(group.id)).toEqual(group);
      expect(await groups.findByName(' BÜCHER & “co” '.normalize('NFD'))).toEqual(group);
    });

    test.each(['', 'none', '\0', '\ud800', "' or true --"])('finds no group %j', async (text) => {
      expect(await groups.find(text)).toBeUndefined();
      expect(await groups.findForUpdate(text)).toBeUndefined();
      expect(await groups.findByName(text)).toBeUndefined();
      expect(await groups.remove(text)).toBe(false);
    });

    test('refuses a name that is taken, whatever its case', async () => {
      await insertGroup();
      const other = await insertGroup({ name: 'Sales' });
      const refusal = { code: 'already_exists', faults: [{ field: 'name', code: 'taken' }] };
      await expect(insertGroup({ name: 'ACCOUNTING' })).rejects.toMatchObject(refusal);
      await expect(groups.update({ ...other, name: 'accounting' })).rejects.toMatchObject(refusal);
      expect((await groups.list()).map((group) => group.name)).toEqual(['Accounting', 'Sales']);
    });

    test('updates everything but the time of creation', async () => {
      const before = await insertGroup({ roles: ['editor'] });
      const after: Group = {
        ...before,
        name: 'ACCOUNTING',
        description: 'new',
        roles: ['auditor'],
        source: 'configuration',
        updatedAt: new Date('2026-12-01T00:00:00Z'),
      };
      await groups.update({ ...after, createdAt: new Date(0) });
      expect(await groups.find(before.id)).toEqual(after);
      const gone = groupWith({ id: newAccountId(new Date()), name: 'Other' });
      await expect(groups.update(gone)).rejects.toMatchObject({ code: 'not_found' });
    });

    test('tells accounts of their groups, by name, and of the roles that they have by them', async () => {
      const ada = await insertAccount({ roles: ['editor'], effectiveRoles: ['editor'] });
      const sales = await insertGroup({ name: 'sales', roles: ['admin', 'editor'] });
      const accounting = await insertGroup();
      expect(await groups.addMember(sales.id, ada.id)).toBe(true);
      expect(await groups.addMember(sales.id, ada.id)).toBe(false);
      expect(await groups.addMember(accounting.id, ada.id)).toBe(true);
      const expected: Account = {
        ...ada,
        groups: [
          { id: accounting.id, name: 'Accounting', roles: [] },
          { id: sales.id, name: 'sales', roles: ['admin', 'editor'] },
        ],
        effectiveRoles: ['admin', 'editor'],
      };
      expect(await accounts.findById(ada.id)).toEqual(expected);
      expect(await accounts.findForUpdate(ada.id)).toEqual(expected);
      expect((await accounts.findByLogin(ada.email))?.account).toEqual(expected);
      expect((await accounts.list({ limit: 1 })).accounts).toEqual([expected]);
      await accounts.update({ ...expected, groups: [], version: 2 });
      expect(await accounts.findById(ada.id)).toEqual({ ...expected, version: 2 });
    });

    test('counts those who have a role by a group too, each once', async () => {
      const group = await insertGroup({ roles: ['admin'] });
      const other = await insertGroup({ name: 'Other', roles: ['admin'] });
      const both = await insertAccount({ roles: ['admin'], effectiveRoles: ['admin'] });
      const member = await insertAccount();
      const disabled = await insertAccount({ disabled: true });
      for (const { id } of [both, member, disabled]) await groups.addMember(group.id, id);
      await groups.addMember(other.id, member.id);
      expect(await accounts.countEnabledWithRole('admin')).toBe(2);
      await groups.update({ ...group, roles: [] });
      expect(await accounts.countEnabledWithRole('admin')).toBe(2);
      await groups.removeMember(other.id, member.id);
      expect(await accounts.countEnabledWithRole('admin')).toBe(1);
    });

    test('lists members page by page, and forgets one who leaves', async () => {
      const group = await insertGroup();
      const other = await insertGroup({ name: 'Other' });
      const members = [];
      for (let count = 0; count < 3; count += 1) members.push(await insertAccount());
      for (const { id } of members) await groups.addMember(group.id, id);
      await groups.addMember(other.id, members[0]?.id ?? '');
      const shown = members.map(({ id, email }) => ({ accountId: id, email }));
      const first = await groups.listMembers({ groupId: group.id, limit: 2 });
      expect(first).toEqual({ members: shown.slice(0, 2), next: shown[1]?.accountId });
      const last = await groups.listMembers({ groupId: group.id, limit: 2, after: first.next ?? '' });
      expect(last).toEqual({ members: shown.slice(2), next: undefined });
      expect(await groups.removeMember(group.id, members[0]?.id ?? '')).toBe(true);
      expect(await groups.removeMember(group.id, members[0]?.id ?? '')).toBe(false);
      expect((await groups.listMembers({ groupId: group.id, limit: 3 })).members).toEqual(shown.slice(1));
    });

    test('removes a group once, and its members stay', async () => {
      const group = await insertGroup({ roles: ['editor'] });
      const ada = await insertAccount();
      await groups.addMember(group.id, ada.id);
      expect(await groups.remove(group.id)).toBe(true);
      expect(await groups.remove(group.id)).toBe(false);
      expect(await accounts.findById(ada.id)).toEqual(ada);
    });
  });
}
