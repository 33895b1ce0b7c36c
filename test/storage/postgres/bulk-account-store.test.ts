import type { Knex } from 'knex';
import { exportAccounts } from '../../../src/domain/accounts/export-accounts.js';
import { importAccounts, type ImportAccountsOptions } from '../../../src/domain/accounts/import-accounts.js';
import { systemClock } from '../../../src/domain/clock.js';
import { OPERATOR } from '../../../src/domain/roles/grantor.js';
import { foreignHashReader } from '../../../src/security/foreign-hashes/foreign-hash-reader.js';
import { createAccountStore } from '../../../src/storage/postgres/account-store.js';
import { createBulkAccountStore } from '../../../src/storage/postgres/bulk-account-store.js';
import { openDatabase } from '../../../src/storage/postgres/database.js';
import { createGroupStore } from '../../../src/storage/postgres/group-store.js';
import { createRoleStore } from '../../../src/storage/postgres/role-store.js';
import { createFakeHasher } from '../../support/account-deps.js';
import { inShort, linesOf, verdictsOf } from '../../support/import-lines.js';
import { accountUnitOfWork } from '../../support/postgres-account-stores.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';
import { accountWith } from '../conformance/account-store.js';

const HASH = '{SSHA}RegYcwK8KbAxEpXS2/x2WeHQyZY15rx3';

let database: TestDatabase;
let knex: Knex;

beforeAll(async () => {
  database = await createTestDatabase();
  knex = openDatabase({ url: database.url, poolSize: 10, applicationName: 'test' });
  const now = new Date('2026-11-23T12:00:00.000Z');
  const common = { description: '', source: 'database', createdAt: now, updatedAt: now } as const;
  await createRoleStore(knex).insert({ name: 'editor', permissions: [], builtIn: false, ...common });
  const id = '0193598e-8a00-7000-8000-000000000001';
  await createGroupStore(knex).insert({ id, name: 'Staff', roles: ['editor'], ...common });
});

afterAll(async () => {
  await knex.destroy();
  await database.drop();
});

beforeEach(async () => {
  await knex('accounts').delete();
});

const deps = () => ({
  unitOfWork: accountUnitOfWork(knex),
  bulkAccounts: createBulkAccountStore(knex),
  clock: systemClock,
  passwordHasher: createFakeHasher(),
  passwordPolicy: { minLength: 15, productName: 'Latchkey' },
  foreignHashes: foreignHashReader,
});

const importAll = (users: Iterable<unknown>, options?: ImportAccountsOptions) =>
  verdictsOf(importAccounts(deps(), OPERATOR, linesOf(users), options));

async function exportAll() {
  const all: unknown[] = [];
  for await (const user of exportAccounts(deps(), { withPasswordHashes: true })) all.push(user);
  return all;
}

describe('createBulkAccountStore', () => {
  test('inserts what the store of accounts then finds, with roles and profile', async () => {
    const account = accountWith({
      username: 'Straße',
      profile: { name: `O'Neill "\\ \u2028 $1 ?`, address: { country: 'UK' } },
      roles: ['admin', 'editor'],
      effectiveRoles: ['admin', 'editor'],
      disabled: true,
      emailVerified: true,
    });
    const plain = accountWith();
    const records = [
      { account, passwordHash: HASH },
      { account: plain, passwordHash: undefined },
    ];
    expect(await createBulkAccountStore(knex).insertAll(records)).toEqual(new Set([account.id, plain.id]));
    expect(await createAccountStore(knex).findByLogin('STRASSE')).toEqual(records[0]);
    expect(await createAccountStore(knex).findByLogin(plain.email)).toEqual(records[1]);
    expect(await createBulkAccountStore(knex).listRecords({ limit: 1, after: account.id })).toEqual([
      records[1],
    ]);
  });

  test('leaves out what is taken, by id, email or username', async () => {
    const taken = accountWith({ username: 'ada' });
    await createAccountStore(knex).insert({ account: taken, passwordHash: HASH });
    const free = accountWith({ roles: ['editor'], effectiveRoles: ['editor'] });
    const accounts = [
      accountWith({ id: taken.id, roles: ['admin'] }),
      accountWith({ email: taken.email.toUpperCase() }),
      accountWith({ username: 'ADA' }),
      free,
    ];
    const store = createBulkAccountStore(knex);
    const inserted = await store.insertAll(accounts.map((account) => ({ account, passwordHash: undefined })));
    expect(inserted).toEqual(new Set([free.id]));
    expect((await createAccountStore(knex).findById(taken.id))?.roles).toEqual([]);

    const found = [{ id: taken.id, email: taken.email, username: 'ada', passwordHash: HASH }];
    expect(await store.findTaken({ ids: [taken.id], emails: [], usernames: [] })).toEqual(found);
    expect(await store.findTaken({ ids: [], emails: [taken.email], usernames: [] })).toEqual(found);
    expect(await store.findTaken({ ids: [], emails: ['x'], usernames: ['ada'] })).toEqual(found);
    expect(await store.findTaken({ ids: [], emails: [], usernames: [] })).toEqual([]);
  });
});

describe('an import into PostgreSQL', () => {
  test('puts accounts into groups, changes them, and gives the same again after an export', async () => {
    const users = [
      { email: 'ada@example.com', groups: ['staff'], password_hash: HASH },
      { email: 'bob@example.com', roles: ['admin'] },
    ];
    expect(inShort(await importAll(users))).toEqual(['1 created', '2 created']);
    expect((await createAccountStore(knex).findByLogin('ada@example.com'))?.account).toMatchObject({
      groups: [{ name: 'Staff', roles: ['editor'] }],
      effectiveRoles: ['editor'],
    });
    const whole = await exportAll();
    await knex('accounts').delete();
    await importAll(whole);
    const withoutTime = (all: unknown[]) => all.map((user) => ({ ...(user as object), updated_at: '' }));
    expect(withoutTime(await exportAll())).toEqual(withoutTime(whole));
    expect(inShort(await importAll(whole, { onConflict: 'update' }))).toEqual(['1 skipped', '2 skipped']);

    const left = [{ email: 'ada@example.com', groups: [] }];
    expect(inShort(await importAll(left, { onConflict: 'update', dryRun: true }))).toEqual(['1 updated']);
    expect(withoutTime(await exportAll())).toEqual(withoutTime(whole));
    expect(inShort(await importAll(left, { onConflict: 'update' }))).toEqual(['1 updated']);
    expect((await createAccountStore(knex).findByLogin('ada@example.com'))?.account.groups).toEqual([]);
  });

  test('an update that takes a name of another account is refused without harm to the other lines', async () => {
    const [ada] = await importAll([
      { email: 'ada@example.com' },
      { email: 'bob@example.com', username: 'bob' },
    ]);
    const users = [
      { email: 'eve@example.com', username: 'eve' },
      { id: ada?.id, email: 'ada2@example.com', username: 'Eve' },
      { id: ada?.id, email: 'ada2@example.com', nickname: 'A' },
    ];
    expect(inShort(await importAll(users, { onConflict: 'update' }))).toEqual([
      '1 created',
      '2 invalid email: ambiguous',
      '3 updated',
    ]);
  });

  test('two imports of the same users at once make each user once', async () => {
    const users = Array.from({ length: 1200 }, (_, index) => ({
      email: `user${index}@example.com`,
      username: `user${index}`,
    }));
    const verdicts = await Promise.all([importAll(users), importAll([...users].reverse())]);
    const created = verdicts.flat().filter(({ status }) => status === 'created');
    const skipped = verdicts.flat().filter(({ status }) => status === 'skipped');
    expect([created.length, skipped.length]).toEqual([1200, 1200]);
    expect(new Set(created.map(({ id }) => id)).size).toBe(1200);
    expect(await exportAll()).toHaveLength(1200);
  });
});
