import { newAccountId } from '../../../src/domain/accounts/account-id.js';
import { createClientUseStore } from '../../../src/storage/postgres/client-use-store.js';
import { openDatabase, type Database } from '../../../src/storage/postgres/database.js';
import { createTestDatabase } from '../../support/test-database.js';

describe('uses of accounts by clients', () => {
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
    await knex('accounts').insert({ id, email, email_normalized: email });
    return id;
  };
  const earlier = new Date('2026-11-22T12:00:00Z');
  const later = new Date('2026-11-23T12:00:00Z');

  it('are kept by the latest of each client, however they arrive', async () => {
    const store = createClientUseStore(knex);
    const accountId = await insertAccount();
    await Promise.all(
      [earlier, later, earlier].map((lastUsedAt) =>
        store.record({ accountId, clientId: 'shop', lastUsedAt }),
      ),
    );
    await store.record({ accountId, clientId: 'app', lastUsedAt: earlier });
    const uses = await store.listAccount(accountId);
    expect(uses).toHaveLength(2);
    expect(uses).toContainEqual({ accountId, clientId: 'shop', lastUsedAt: later, received: {} });
    expect(uses).toContainEqual({ accountId, clientId: 'app', lastUsedAt: earlier, received: {} });
  });

  it('add what was received to what was before, each claim as it was last', async () => {
    const store = createClientUseStore(knex);
    const accountId = await insertAccount();
    const use = { accountId, clientId: 'shop' };
    await store.record({ ...use, lastUsedAt: earlier, received: { email: 'old@example.com', name: 'Ada' } });
    await store.record({ ...use, lastUsedAt: later, received: { email: 'new@example.com' } });
    await store.record({ ...use, lastUsedAt: later });
    expect(await store.listAccount(accountId)).toEqual([
      { ...use, lastUsedAt: later, received: { email: 'new@example.com', name: 'Ada' } },
    ]);
  });

  it('of an account that is gone are passed over, and go with it', async () => {
    const store = createClientUseStore(knex);
    const accountId = await insertAccount();
    await store.record({ accountId, clientId: 'shop', lastUsedAt: later });
    await knex('accounts').where({ id: accountId }).delete();
    expect(await store.listAccount(accountId)).toEqual([]);
    await store.record({ accountId, clientId: 'shop', lastUsedAt: later });
    expect(await store.listAccount(accountId)).toEqual([]);
  });
});
