import { newAccountId } from '../../../src/domain/accounts/account-id.js';
import { createPasskeyChallengeStore } from '../../../src/storage/postgres/passkey-challenge-store.js';
import { createPasskeyStore } from '../../../src/storage/postgres/passkey-store.js';
import { openDatabase, type Database } from '../../../src/storage/postgres/database.js';
import { createTestDatabase } from '../../support/test-database.js';
import { describePasskeyChallengeStore } from '../conformance/passkey-challenge-store.js';
import { describePasskeyStore } from '../conformance/passkey-store.js';

const NOW = new Date('2026-11-23T12:00:00Z');
const LATER = new Date('2026-11-23T12:05:00Z');

describe('the stores of passkeys over PostgreSQL', () => {
  let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
  let knex: Database;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    knex = openDatabase({ url: testDatabase.url, poolSize: 20, applicationName: 'test' });
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

  const passkey = async (signCount: number) => ({
    id: newAccountId(NOW),
    accountId: await insertAccount(),
    credentialId: Buffer.from(newAccountId(NOW)),
    publicKey: Buffer.alloc(77, 1),
    signCount,
    transports: [],
    aaguid: '00000000-0000-0000-0000-000000000000',
    multiDevice: false,
    backedUp: false,
    userVerified: true,
    name: 'Chrome, Linux',
    createdAt: NOW,
    lastUsedAt: undefined,
  });

  describePasskeyStore(async () => ({
    store: createPasskeyStore(knex),
    accountIds: [await insertAccount(), await insertAccount()] as const,
  }));

  test('of twenty uses with one count at once one is noted', async () => {
    const store = createPasskeyStore(knex);
    const inserted = await passkey(5);
    await store.insert(inserted);
    const use = { signCount: 6, backedUp: false, at: NOW };
    const noted = await Promise.all(Array.from({ length: 20 }, () => store.noteUse(inserted.id, use)));
    expect(noted.filter(Boolean)).toHaveLength(1);
  });

  test('passkeys go with their account', async () => {
    const store = createPasskeyStore(knex);
    const inserted = await passkey(0);
    await store.insert(inserted);
    await knex('accounts').where({ id: inserted.accountId }).delete();
    expect(await store.findByCredentialId(inserted.credentialId)).toBeUndefined();
  });

  describePasskeyChallengeStore(() => createPasskeyChallengeStore(knex));

  test('challenges are removed when they have expired', async () => {
    const store = createPasskeyChallengeStore(knex);
    const bindingHash = Buffer.alloc(32, 1);
    await store.replace({ bindingHash, challengeHash: Buffer.alloc(32, 2), expiresAt: LATER });
    expect(await store.purge(NOW)).toBe(0);
    expect(await store.purge(LATER)).toBe(1);
    expect(await store.take(bindingHash, NOW)).toBeUndefined();
  });
});
