import { newAccountId } from '../../../src/domain/accounts/account-id.js';
import { createConsentStore } from '../../../src/storage/postgres/consent-store.js';
import { openDatabase, type Database } from '../../../src/storage/postgres/database.js';
import { createTestDatabase } from '../../support/test-database.js';
import { describeConsentStore } from '../conformance/consent-store.js';

describe('the consent store over PostgreSQL', () => {
  let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
  let knex: Database;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    knex = openDatabase({ url: testDatabase.url, poolSize: 8, applicationName: 'test' });
  });
  afterAll(async () => {
    await knex.destroy();
    await testDatabase.drop();
  });

  const insertAccount = async (): Promise<string> => {
    const id = newAccountId(new Date());
    const email = `${id}@example.com`;
    const now = new Date();
    await knex('accounts').insert({
      id,
      email,
      email_normalized: email,
      email_verified: true,
      created_at: now,
      updated_at: now,
    });
    return id;
  };

  describeConsentStore(async () => {
    await knex('consents').delete();
    return { store: createConsentStore(knex), accountId: await insertAccount() };
  });

  test('goes with its account', async () => {
    const accountId = await insertAccount();
    const store = createConsentStore(knex);
    const grantedAt = new Date();
    await store.add({ accountId, clientId: 'shop', scopes: [], claims: [], resourceScopes: {}, grantedAt });
    await knex('accounts').where({ id: accountId }).delete();
    expect(await store.find(accountId, 'shop')).toBeUndefined();
  });
});
