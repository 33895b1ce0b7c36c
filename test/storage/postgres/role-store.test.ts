import type { Knex } from 'knex';
import { down, up } from '../../../migrations/20261123130100_create_roles_and_groups.js';
import { PERMISSIONS } from '../../../src/domain/roles/permission.js';
import { createAccountStore } from '../../../src/storage/postgres/account-store.js';
import { openDatabase } from '../../../src/storage/postgres/database.js';
import { createGroupStore } from '../../../src/storage/postgres/group-store.js';
import { createRoleStore } from '../../../src/storage/postgres/role-store.js';
import { setAccountDisabled } from '../../../src/domain/accounts/set-account-disabled.js';
import { systemClock } from '../../../src/domain/clock.js';
import { DomainError } from '../../../src/domain/errors.js';
import { deleteGroup } from '../../../src/domain/groups/delete-group.js';
import { removeGroupMember } from '../../../src/domain/groups/group-membership.js';
import { OPERATOR } from '../../../src/domain/roles/grantor.js';
import { accountUnitOfWork } from '../../support/postgres-account-stores.js';
import { newAccountId } from '../../../src/domain/accounts/account-id.js';
import { groupWith } from '../../support/in-memory-group-store.js';
import { roleWith } from '../../support/in-memory-role-store.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';
import { accountWith } from '../conformance/account-store.js';
import { describeGroupStore } from '../conformance/group-store.js';
import { describeRoleStore } from '../conformance/role-store.js';

let database: TestDatabase;
let knex: Knex;

beforeAll(async () => {
  database = await createTestDatabase();
  knex = openDatabase({ url: database.url, poolSize: 4, applicationName: 'test' });
});

afterAll(async () => {
  await knex.destroy();
  await database.drop();
});

beforeEach(async () => {
  await knex('accounts').delete();
  await knex('groups').delete();
  await knex('roles').whereNot({ built_in: true }).delete();
});

describeRoleStore('PostgreSQL', () => createRoleStore(knex));

describeGroupStore('PostgreSQL', async () => {
  for (const name of ['editor', 'auditor']) await createRoleStore(knex).insert(roleWith({ name }));
  return { accounts: createAccountStore(knex), groups: createGroupStore(knex) };
});

describe('roles in PostgreSQL', () => {
  test('of two administrators by groups, who are to leave at once, one stays', async () => {
    for (let round = 0; round < 5; round += 1) {
      await knex('accounts').delete();
      const groups = createGroupStore(knex);
      const changes: (() => Promise<unknown>)[] = [];
      const deps = { unitOfWork: accountUnitOfWork(knex), clock: systemClock };
      for (const name of ['One', 'Two']) {
        const account = accountWith();
        const group = groupWith({
          id: newAccountId(new Date()),
          name: `${name} ${round}`,
          roles: ['admin'],
        });
        await createAccountStore(knex).insert({ account, passwordHash: undefined });
        await groups.insert(group);
        await groups.addMember(group.id, account.id);
        changes.push(
          () => removeGroupMember(deps, OPERATOR, { groupId: group.id, accountId: account.id }),
          () => deleteGroup(deps, OPERATOR, group.id),
          () => setAccountDisabled(deps, account.id, true),
        );
      }
      const outcomes = await Promise.allSettled(changes.map((change) => change()));
      for (const outcome of outcomes) {
        if (outcome.status === 'fulfilled') continue;
        expect(['last_administrator', 'not_found']).toContain(
          outcome.reason instanceof DomainError ? outcome.reason.code : outcome.reason,
        );
      }
      expect(await createAccountStore(knex).countEnabledWithRole('admin')).toBe(1);
    }
  });

  const unknown = { code: 'invalid_input', faults: [{ field: 'roles', code: 'role_unknown' }] };

  test('roles that were free names before become roles without permissions', async () => {
    await down(knex);
    try {
      const [account] = await knex('accounts')
        .insert({ id: newAccountId(new Date()), email: 'a@example.com', email_normalized: 'a@example.com' })
        .returning<{ id: string }[]>('id');
      const held = ['admin', 'free'].map((role) => ({ account_id: account?.id, role }));
      await knex('account_roles').insert(held);
    } finally {
      await up(knex);
    }
    expect(await createRoleStore(knex).list()).toMatchObject([
      { name: 'admin', builtIn: true, permissions: PERMISSIONS },
      { name: 'free', builtIn: false, permissions: [], source: 'database' },
    ]);
    expect((await createAccountStore(knex).list({ limit: 1 })).accounts[0]?.roles).toEqual(['admin', 'free']);
  });

  test('accounts and groups cannot have a role that does not exist', async () => {
    const accounts = createAccountStore(knex);
    const account = accountWith({ roles: ['nothing'] });
    await expect(accounts.insert({ account, passwordHash: undefined })).rejects.toMatchObject(unknown);
    expect(await accounts.findById(account.id)).toBeUndefined();
    const group = groupWith({ id: newAccountId(new Date()), roles: ['nothing'] });
    await expect(createGroupStore(knex).insert(group)).rejects.toMatchObject(unknown);
    expect(await createGroupStore(knex).list()).toEqual([]);
  });

  test('a role that is removed is gone from accounts and groups', async () => {
    await createRoleStore(knex).insert(roleWith());
    const account = accountWith({ roles: ['editor'], effectiveRoles: ['editor'] });
    await createAccountStore(knex).insert({ account, passwordHash: undefined });
    const group = groupWith({ id: newAccountId(new Date()), roles: ['editor'] });
    await createGroupStore(knex).insert(group);
    await createRoleStore(knex).remove('editor');
    expect(await createAccountStore(knex).findById(account.id)).toEqual({
      ...account,
      roles: [],
      effectiveRoles: [],
    });
    expect((await createGroupStore(knex).find(group.id))?.roles).toEqual([]);
  });
});
