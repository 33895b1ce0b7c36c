import { DomainError } from '../../src/domain/errors.js';
import { PERMISSIONS } from '../../src/domain/roles/permission.js';
import type { Role } from '../../src/domain/roles/role.js';
import type { RoleStore } from '../../src/domain/roles/role-store.js';

/** A role as a test needs it. */
export function roleWith(changes: Partial<Role> = {}): Role {
  const at = new Date('2026-11-23T12:00:00.123Z');
  return {
    name: 'editor',
    description: '',
    permissions: [],
    builtIn: false,
    source: 'database',
    createdAt: at,
    updatedAt: at,
    ...changes,
  };
}

export type InMemoryRoleStore = RoleStore & { records: Map<string, Role> };

/** Roles in memory, with the behaviour that the conformance suite asks of every store; `admin` is there. */
export function createInMemoryRoleStore(): InMemoryRoleStore {
  const admin = roleWith({ name: 'admin', permissions: PERMISSIONS, builtIn: true });
  const sorted = (): readonly Role[] =>
    [...store.records.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  const store: InMemoryRoleStore = {
    records: new Map([['admin', admin]]),
    list: () => Promise.resolve(sorted()),
    find: (name) => Promise.resolve(store.records.get(name)),
    findForUpdate: (name) => Promise.resolve(store.records.get(name)),
    findAll: (names) => Promise.resolve(sorted().filter(({ name }) => names.includes(name))),
    async insert(role) {
      await Promise.resolve();
      if (store.records.has(role.name)) {
        throw new DomainError('already_exists', 'taken', [{ field: 'name', code: 'taken', detail: 'taken' }]);
      }
      store.records.set(role.name, role);
    },
    async update(role) {
      await Promise.resolve();
      const before = store.records.get(role.name);
      if (before === undefined) throw new DomainError('not_found', 'There is no such role.');
      store.records.set(role.name, { ...role, createdAt: before.createdAt });
    },
    remove: (name) => Promise.resolve(store.records.delete(name)),
  };
  return store;
}
