import { PERMISSIONS } from '../../../src/domain/roles/permission.js';
import type { RoleStore } from '../../../src/domain/roles/role-store.js';
import { roleWith } from '../../support/in-memory-role-store.js';

/**
 * What every store of roles does.
 * @param create makes one with the role `admin` only
 */
export function describeRoleStore(name: string, create: () => RoleStore | Promise<RoleStore>): void {
  describe(`${name} as a role store`, () => {
    let store: RoleStore;
    beforeEach(async () => {
      store = await create();
    });

    test('has the built-in role, which permits everything', async () => {
      expect(await store.find('admin')).toMatchObject({ builtIn: true, permissions: PERMISSIONS });
    });

    test('gives back what was inserted', async () => {
      const role = roleWith({
        description: 'Edits “texts”',
        permissions: ['users:read', 'events:read'],
        source: 'configuration',
      });
      await store.insert(role);
      expect(await store.find('editor')).toEqual(role);
      expect(await store.findForUpdate('editor')).toEqual(role);
    });

    test('lists by name, by code units', async () => {
      for (const roleName of ['b', 'a_b', 'a-b', 'ab']) await store.insert(roleWith({ name: roleName }));
      const names = (await store.list()).map((role) => role.name);
      expect(names).toEqual(['a-b', 'a_b', 'ab', 'admin', 'b']);
      const some = (await store.findAll(['b', 'none', 'ab', '\0'])).map((role) => role.name);
      expect(some).toEqual(['ab', 'b']);
      expect(await store.findAll([])).toEqual([]);
    });

    test.each(['none', '', 'ADMIN', 'a\0', "' or true --"])('finds no role %j', async (roleName) => {
      expect(await store.find(roleName)).toBeUndefined();
      expect(await store.findForUpdate(roleName)).toBeUndefined();
      expect(await store.remove(roleName)).toBe(false);
    });

    test('refuses a name that is taken, and keeps what was there', async () => {
      await store.insert(roleWith());
      await expect(store.insert(roleWith({ description: 'other' }))).rejects.toMatchObject({
        code: 'already_exists',
        faults: [{ field: 'name', code: 'taken' }],
      });
      expect((await store.find('editor'))?.description).toBe('');
    });

    test('updates everything but the time of creation', async () => {
      const before = roleWith();
      await store.insert(before);
      const after = roleWith({
        description: 'new',
        permissions: ['keys:write'],
        source: 'configuration',
        updatedAt: new Date('2026-12-01T00:00:00Z'),
      });
      await store.update({ ...after, createdAt: new Date(0) });
      expect(await store.find('editor')).toEqual(after);
      await expect(store.update(roleWith({ name: 'none' }))).rejects.toMatchObject({ code: 'not_found' });
    });

    test('removes a role once', async () => {
      await store.insert(roleWith());
      expect(await store.remove('editor')).toBe(true);
      expect(await store.remove('editor')).toBe(false);
      expect(await store.find('editor')).toBeUndefined();
    });
  });
}
