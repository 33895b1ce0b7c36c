import type { Knex } from 'knex';
import { setAccountDisabled } from '../../../src/domain/accounts/set-account-disabled.js';
import { updateAccount } from '../../../src/domain/accounts/update-account.js';
import { systemClock } from '../../../src/domain/clock.js';
import type { UnitOfWork } from '../../../src/domain/unit-of-work.js';
import { createAccountStore } from '../../../src/storage/postgres/account-store.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';
import { openDatabase } from '../../../src/storage/postgres/database.js';
import { accountUnitOfWork } from '../../support/postgres-account-stores.js';
import { accountWith, describeAccountStore } from '../conformance/account-store.js';

let database: TestDatabase;
let knex: Knex;

beforeAll(async () => {
  database = await createTestDatabase();
  knex = openDatabase({ url: database.url, poolSize: 10, applicationName: 'test' });
  await knex('roles').insert(['editor', 'administrator'].map((name) => ({ name })));
});

afterAll(async () => {
  await knex.destroy();
  await database.drop();
});

beforeEach(async () => {
  await knex('accounts').delete();
});

describeAccountStore('PostgreSQL', () => createAccountStore(knex));

describe('accounts in PostgreSQL, changed at the same time', () => {
  const deps = (): {
    unitOfWork: UnitOfWork<'accounts' | 'roles' | 'artifactRevocation' | 'mailOutbox' | 'audit'>;
    issuer: string;
    clock: typeof systemClock;
  } => ({
    unitOfWork: accountUnitOfWork(knex),
    issuer: 'https://id.example.com',
    clock: systemClock,
  });

  test('of two administrators who disable each other one stays', async () => {
    for (let round = 0; round < 5; round += 1) {
      await knex('accounts').delete();
      const administrators = [accountWith({ roles: ['admin'] }), accountWith({ roles: ['admin'] })];
      for (const account of administrators) {
        await createAccountStore(knex).insert({ account, passwordHash: undefined });
      }
      const outcomes = await Promise.allSettled([
        ...administrators.map(({ id }) => setAccountDisabled(deps(), id, true)),
        ...administrators.map(({ id }) => updateAccount(deps(), id, { roles: [] })),
      ]);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected')
          expect(outcome.reason).toMatchObject({ code: 'last_administrator' });
      }
      expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true);
      expect(await createAccountStore(knex).countEnabledWithRole('admin')).toBe(1);
    }
  });

  test('no change is lost', async () => {
    const account = accountWith();
    await createAccountStore(knex).insert({ account, passwordHash: undefined });
    await Promise.all([
      updateAccount(deps(), account.id, { profile: { givenName: 'Ada' } }),
      updateAccount(deps(), account.id, { profile: { familyName: 'Lovelace' } }),
      updateAccount(deps(), account.id, { username: 'ada' }),
      updateAccount(deps(), account.id, { emailVerified: true }),
    ]);
    expect(await createAccountStore(knex).findById(account.id)).toMatchObject({
      profile: { givenName: 'Ada', familyName: 'Lovelace' },
      username: 'ada',
      emailVerified: true,
      version: 5,
    });
  });

  test('of two accounts with one email at once, one is created and the other refused', async () => {
    const outcomes = await Promise.allSettled(
      ['ada@example.com', 'ADA@example.com', 'ada@EXAMPLE.com'].map((email) =>
        createAccountStore(knex).insert({ account: accountWith({ email }), passwordHash: undefined }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toMatchObject(Array(2).fill({ reason: { code: 'already_exists' } }));
  });
});
