import { newAccountId } from '../../../src/domain/accounts/account-id.js';
import { createAccountLinkStore } from '../../../src/storage/postgres/account-link-store.js';
import { createArtifactRevocation } from '../../../src/storage/postgres/artifact-revocation.js';
import { openDatabase, type Database } from '../../../src/storage/postgres/database.js';
import { createTestDatabase } from '../../support/test-database.js';
import { describeAccountLinkStore } from '../conformance/account-link-store.js';

const NOW = new Date('2026-11-23T12:00:00Z');
const LATER = new Date('2026-11-23T12:30:00Z');

describe('the store of account links over PostgreSQL', () => {
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

  describeAccountLinkStore(async () => {
    await knex('account_links').delete();
    return {
      store: createAccountLinkStore(knex),
      accountIds: [await insertAccount(), await insertAccount()],
    };
  });

  const hash = (byte: number): Buffer => Buffer.alloc(32, byte);
  const insertBoth = async (): Promise<string> => {
    await knex('account_links').delete();
    const accountId = await insertAccount();
    const store = createAccountLinkStore(knex);
    const link = { accountId, email: 'a@example.com', expiresAt: LATER };
    await store.replace({ ...link, purpose: 'password_reset', tokenHash: hash(1) });
    await store.replace({ ...link, purpose: 'email_verification', tokenHash: hash(2) });
    return accountId;
  };

  test('a link goes with its account', async () => {
    const accountId = await insertBoth();
    await knex('accounts').where({ id: accountId }).delete();
    expect(await knex('account_links')).toEqual([]);
  });

  test('a link to reset the password ends with all that was issued to the account (S39)', async () => {
    const accountId = await insertBoth();
    const store = createAccountLinkStore(knex);
    await createArtifactRevocation(knex).revokeAccount(await insertAccount());
    expect(await store.find('password_reset', hash(1), NOW)).toBeDefined();
    await createArtifactRevocation(knex).revokeAccount(accountId);
    expect(await store.find('password_reset', hash(1), NOW)).toBeUndefined();
    expect(await store.find('email_verification', hash(2), NOW)).toBeDefined();
  });
});
