import { createAccount, type CreateAccountInput } from '../../../src/domain/accounts/create-account.js';
import { updateAccount } from '../../../src/domain/accounts/update-account.js';
import type { Account } from '../../../src/domain/accounts/account.js';
import { assignRole, unassignRole } from '../../../src/domain/roles/assign-role.js';
import { createRole } from '../../../src/domain/roles/create-role.js';
import { deleteRole } from '../../../src/domain/roles/delete-role.js';
import { OPERATOR, type Grantor } from '../../../src/domain/roles/grantor.js';
import { findPermissions, listRoles, showRole } from '../../../src/domain/roles/list-roles.js';
import { updateRole } from '../../../src/domain/roles/update-role.js';
import { createAccountDeps, faultsOf, refusalOf } from '../../support/account-deps.js';

let deps: ReturnType<typeof createAccountDeps>;
beforeEach(() => {
  deps = createAccountDeps();
});

/** Somebody who may read and change users, and nothing more. */
const HELPER: Grantor = { permissions: new Set(['users:read', 'users:write']) };

const create = (input: Partial<CreateAccountInput> = {}): Promise<Account> =>
  createAccount(deps, { email: 'ada@example.com', ...input });

describe('roles', () => {
  test('are created with the permissions in one order, and told to the audit log', async () => {
    const role = await createRole(deps, OPERATOR, {
      name: 'support',
      description: ' Helps people ',
      permissions: ['users:write', 'users:read', 'users:read'],
    });
    expect(role).toMatchObject({
      description: 'Helps people',
      permissions: ['users:read', 'users:write'],
      builtIn: false,
      source: 'database',
    });
    expect(await showRole(deps, 'support')).toEqual(role);
    expect((await listRoles(deps)).map(({ name }) => name)).toEqual(['admin', 'support']);
    expect(await findPermissions(deps, ['support', 'none'])).toEqual(new Set(['users:read', 'users:write']));
    expect(deps.audit.entries).toEqual([
      {
        type: 'role.created',
        subject: { kind: 'role', id: 'support' },
        details: { permissions: ['users:read', 'users:write'] },
      },
    ]);
  });

  test('are refused with all faults at once', async () => {
    const faulty = createRole(deps, OPERATOR, {
      name: 'Support',
      description: 'a\nb',
      permissions: ['users:read', 'everything'],
    });
    expect(await faultsOf(faulty)).toEqual([
      'name: role_invalid',
      'description: description_invalid',
      'permissions/1: permission_unknown',
    ]);
    await createRole(deps, OPERATOR, { name: 'support' });
    expect((await refusalOf(createRole(deps, OPERATOR, { name: 'support' }))).code).toBe('already_exists');
  });

  test('change and go, and those that are not there are not found', async () => {
    await createRole(deps, OPERATOR, { name: 'support', description: 'Old', permissions: ['users:read'] });
    deps.clock.turn(5);
    const updated = await updateRole(deps, OPERATOR, 'support', { permissions: [] });
    expect(updated).toMatchObject({ description: 'Old', permissions: [], updatedAt: deps.clock.now() });
    await deleteRole(deps, OPERATOR, 'support');
    for (const attempt of [
      showRole(deps, 'support'),
      updateRole(deps, OPERATOR, 'support', {}),
      deleteRole(deps, OPERATOR, 'support'),
    ]) {
      expect((await refusalOf(attempt)).code).toBe('not_found');
    }
    expect(deps.audit.entries.map(({ type }) => type)).toEqual([
      'role.created',
      'role.updated',
      'role.deleted',
    ]);
  });

  test('that are built in or declared in the configuration cannot be changed', async () => {
    const role = await createRole(deps, OPERATOR, { name: 'declared' });
    await deps.roles.update({ ...role, source: 'configuration' });
    for (const [name, code] of [
      ['admin', 'built_in'],
      ['declared', 'declared_in_configuration'],
    ] as const) {
      expect((await refusalOf(updateRole(deps, OPERATOR, name, { description: 'x' }))).code).toBe(code);
      expect((await refusalOf(deleteRole(deps, OPERATOR, name))).code).toBe(code);
    }
  });
});

describe('giving and taking roles', () => {
  test('an account gets a role once, and loses it with all that was issued to it', async () => {
    const { id } = await create();
    await createRole(deps, OPERATOR, { name: 'support' });
    const assigned = await assignRole(deps, OPERATOR, id, 'support');
    expect(assigned).toMatchObject({ roles: ['support'], effectiveRoles: ['support'], version: 2 });
    expect(await assignRole(deps, OPERATOR, id, 'support')).toEqual(assigned);
    expect(deps.revoked).toEqual([]);
    const unassigned = await unassignRole(deps, OPERATOR, id, 'support');
    expect(unassigned).toMatchObject({ roles: [], effectiveRoles: [], version: 3 });
    expect(await unassignRole(deps, OPERATOR, id, 'support')).toEqual(unassigned);
    expect(deps.revoked).toEqual([id]);
    expect(await deps.accounts.findById(id)).toEqual(unassigned);
    const told = deps.audit.entries.filter(({ type }) => type.startsWith('role.'));
    expect(told.slice(1)).toEqual([
      { type: 'role.assigned', subject: { kind: 'user', id }, details: { role: 'support' } },
      { type: 'role.unassigned', subject: { kind: 'user', id }, details: { role: 'support' } },
    ]);
  });

  test('roles and accounts that do not exist are named', async () => {
    const { id } = await create();
    expect(await faultsOf(assignRole(deps, OPERATOR, id, 'none'))).toEqual(['role/0: role_unknown']);
    expect(await faultsOf(unassignRole(deps, OPERATOR, id, 'No Role'))).toEqual(['role/0: role_invalid']);
    expect((await refusalOf(assignRole(deps, OPERATOR, 'nobody', 'admin'))).code).toBe('not_found');
  });

  test('the last administrator stays', async () => {
    const { id } = await create({ roles: ['admin'] });
    const refusal = await refusalOf(unassignRole(deps, OPERATOR, id, 'admin'));
    expect(refusal.code).toBe('last_administrator');
    expect(await deps.accounts.findById(id)).toMatchObject({ roles: ['admin'] });
    expect(deps.revoked).toEqual([]);
    await create({ email: 'bob@example.com', roles: ['admin'] });
    await unassignRole(deps, OPERATOR, id, 'admin');
    expect(await deps.accounts.countEnabledWithRole('admin')).toBe(1);
  });

  test.each<[string, (id: string) => Promise<unknown>]>([
    ['create a role', () => createRole(deps, HELPER, { name: 'x', permissions: ['keys:write'] })],
    ['raise a role', () => updateRole(deps, HELPER, 'support', { permissions: ['events:read'] })],
    ['lower a role', () => updateRole(deps, HELPER, 'keeper', { permissions: [] })],
    ['delete a role', () => deleteRole(deps, HELPER, 'keeper')],
    ['assign a role', (id) => assignRole(deps, HELPER, id, 'admin')],
    ['take a role', (id) => unassignRole(deps, HELPER, id, 'keeper')],
    [
      'create an account with a role',
      () => create({ email: 'x@example.com', roles: ['admin'], grantor: HELPER }),
    ],
    [
      'give roles by a change',
      (id) => updateAccount(deps, id, { roles: ['keeper', 'admin'], grantor: HELPER }),
    ],
    ['take roles by a change', (id) => updateAccount(deps, id, { roles: [], grantor: HELPER })],
  ])('nobody can %s beyond their own permissions', async (_what, attempt) => {
    await createRole(deps, OPERATOR, { name: 'support', permissions: ['users:read'] });
    await createRole(deps, OPERATOR, { name: 'keeper', permissions: ['keys:write'] });
    const before = await create({ roles: ['keeper'] });
    const refusal = await refusalOf(attempt(before.id));
    expect(refusal.code).toBe('insufficient_rights');
    expect(await deps.accounts.findById(before.id)).toEqual(before);
    expect(deps.accounts.records.size).toBe(1);
    expect((await showRole(deps, 'keeper')).permissions).toEqual(['keys:write']);
    expect((await listRoles(deps)).map(({ name }) => name)).toEqual(['admin', 'keeper', 'support']);
  });

  test('within their own permissions they can', async () => {
    await createRole(deps, HELPER, { name: 'support', permissions: ['users:read'] });
    const { id } = await create({ roles: ['support'], grantor: HELPER });
    await unassignRole(deps, HELPER, id, 'support');
    expect(await assignRole(deps, HELPER, id, 'support')).toMatchObject({ roles: ['support'] });
    await expect(updateAccount(deps, id, { roles: ['support'], grantor: HELPER })).resolves.toBeDefined();
  });
});
