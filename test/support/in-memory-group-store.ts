import { effectiveRolesOf } from '../../src/domain/accounts/account.js';
import { DomainError } from '../../src/domain/errors.js';
import { foldGroupName, type Group } from '../../src/domain/groups/group.js';
import type { GroupStore } from '../../src/domain/groups/group-store.js';
import type { InMemoryAccountStore } from './in-memory-account-store.js';

/** A group as a test needs it. */
export function groupWith(changes: Partial<Group> & Pick<Group, 'id'>): Group {
  const at = new Date('2026-11-23T12:00:00.123Z');
  return {
    name: 'Accounting',
    description: '',
    roles: [],
    source: 'database',
    createdAt: at,
    updatedAt: at,
    ...changes,
  };
}

export type InMemoryGroupStore = GroupStore & {
  records: Map<string, Group>;
  /** Ids of groups and accounts, parted by a space. */
  memberships: Set<string>;
};

/** Groups in memory, with the behaviour that the conformance suite asks of every store. */
export function createInMemoryGroupStore(accounts: InMemoryAccountStore): InMemoryGroupStore {
  const refuseTaken = (group: Group): void => {
    const isTaken = [...store.records.values()].some(
      ({ id, name }) => id !== group.id && foldGroupName(name) === foldGroupName(group.name),
    );
    if (!isTaken) return;
    throw new DomainError('already_exists', 'taken', [{ field: 'name', code: 'taken', detail: 'taken' }]);
  };
  /** What accounts tell of their groups follows from the groups, as it does in a database. */
  const refreshAccounts = (): void => {
    for (const [id, record] of accounts.records) {
      const groups = sorted()
        .filter((group) => store.memberships.has(`${group.id} ${id}`))
        .map(({ id: groupId, name, roles }) => ({ id: groupId, name, roles }));
      const { roles } = record.account;
      const account = { ...record.account, groups, effectiveRoles: effectiveRolesOf({ roles, groups }) };
      accounts.records.set(id, { ...record, account });
    }
  };
  const sorted = (): readonly Group[] =>
    [...store.records.values()].sort((one, other) =>
      foldGroupName(one.name) < foldGroupName(other.name) ? -1 : 1,
    );
  const changing = async <Result>(change: () => Result): Promise<Result> => {
    await Promise.resolve();
    const result = change();
    refreshAccounts();
    return result;
  };

  const store: InMemoryGroupStore = {
    records: new Map(),
    memberships: new Set(),
    list: () => Promise.resolve(sorted()),
    find: (id) => Promise.resolve(store.records.get(id)),
    findForUpdate: (id) => Promise.resolve(store.records.get(id)),
    findByName: (name) =>
      Promise.resolve(sorted().find((group) => foldGroupName(group.name) === foldGroupName(name))),
    insert: (group) =>
      changing(() => {
        refuseTaken(group);
        store.records.set(group.id, group);
      }),
    update: (group) =>
      changing(() => {
        const before = store.records.get(group.id);
        if (before === undefined) throw new DomainError('not_found', 'There is no such group.');
        refuseTaken(group);
        store.records.set(group.id, { ...group, createdAt: before.createdAt });
      }),
    remove: (id) => changing(() => store.records.delete(id)),
    listMembers: ({ groupId, limit, after = '' }) => {
      const found = [...accounts.records.values()]
        .map(({ account }) => ({ accountId: account.id, email: account.email }))
        .filter(({ accountId }) => accountId > after && store.memberships.has(`${groupId} ${accountId}`))
        .sort((one, other) => (one.accountId < other.accountId ? -1 : 1));
      const members = found.slice(0, limit);
      return Promise.resolve({
        members,
        next: found.length > limit ? members.at(-1)?.accountId : undefined,
      });
    },
    addMember: (groupId, accountId) =>
      changing(() => {
        const size = store.memberships.size;
        return store.memberships.add(`${groupId} ${accountId}`).size > size;
      }),
    removeMember: (groupId, accountId) => changing(() => store.memberships.delete(`${groupId} ${accountId}`)),
  };
  return store;
}
