import { newAccountId } from '../../../src/domain/accounts/account-id.js';
import { createArtifactRevocation } from '../../../src/storage/postgres/artifact-revocation.js';
import { openDatabase, type Database } from '../../../src/storage/postgres/database.js';
import { createRecoveryCodeStore } from '../../../src/storage/postgres/recovery-code-store.js';
import { createRememberedDeviceStore } from '../../../src/storage/postgres/remembered-device-store.js';
import { createTotpStore } from '../../../src/storage/postgres/totp-store.js';
import { createSealedBox } from '../../../src/security/sealed-box.js';
import { createTestDatabase } from '../../support/test-database.js';

const NOW = new Date('2026-11-23T12:00:00Z');
const LATER = new Date('2026-11-23T12:30:00Z');
const sealer = createSealedBox(Buffer.alloc(32, 7));
const hash = (byte: number): Buffer => Buffer.alloc(32, byte);

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

async function insertAccount(): Promise<string> {
  const id = newAccountId(new Date());
  const email = `${id}@example.com`;
  await knex('accounts').insert({ id, email, email_normalized: email });
  return id;
}

function authenticatorOf(accountId: string, secret = Buffer.from('a secret of 20 bytes')) {
  return {
    id: newAccountId(NOW),
    accountId,
    name: '',
    secret,
    createdAt: NOW,
    confirmedAt: undefined,
    lastUsedAt: undefined,
    lastStep: undefined,
    bindingHash: Buffer.alloc(32, 4),
  };
}

describe('the store of authenticators', () => {
  async function confirmed() {
    const store = createTotpStore(knex, sealer);
    const accountId = await insertAccount();
    const pending = authenticatorOf(accountId);
    await store.replacePending(pending);
    const done = { ...pending, name: 'Phone', confirmedAt: NOW, lastStep: 10 };
    expect(await store.confirm(done)).toBe(true);
    return { store, accountId, id: pending.id, done };
  }

  test('gives back what was confirmed, and nothing before', async () => {
    const store = createTotpStore(knex, sealer);
    const accountId = await insertAccount();
    const pending = authenticatorOf(accountId);
    await store.replacePending(pending);
    expect(await store.find(accountId)).toBeUndefined();
    expect(await store.findPending(accountId)).toEqual(pending);
    const { store: same, done, accountId: other } = await confirmed();
    expect(await same.find(other)).toEqual({ ...done, lastUsedAt: NOW, bindingHash: undefined });
  });

  test('lets one of twenty use the code of a step (S35)', async () => {
    const { store, id } = await confirmed();
    const used = await Promise.all(Array.from({ length: 20 }, () => store.useStep(id, 11, LATER)));
    expect(used.filter(Boolean)).toHaveLength(1);
    expect(await store.useStep(id, 11, LATER)).toBe(false);
    expect(await store.useStep(id, 10, LATER)).toBe(false);
    expect(await store.useStep(id, 12, LATER)).toBe(true);
  });

  test('replaces, at the confirmation of another one', async () => {
    const { store, accountId } = await confirmed();
    const next = authenticatorOf(accountId, Buffer.from('another secret of 20'));
    await store.replacePending(authenticatorOf(accountId));
    await store.replacePending(next);
    expect((await store.find(accountId))?.name).toBe('Phone');
    expect(await store.confirm({ ...next, confirmedAt: LATER })).toBe(true);
    expect(await store.confirm({ ...next, confirmedAt: LATER })).toBe(false);
    expect((await store.find(accountId))?.secret).toEqual(next.secret);
    expect(await knex('totp_authenticators').where({ account_id: accountId })).toHaveLength(1);
  });

  test('keeps no secret in a readable form, and each only in its own row (S6)', async () => {
    const { store, accountId, id } = await confirmed();
    const row = await knex<{ id: string; secret_sealed: Buffer }>('totp_authenticators')
      .where({ id })
      .first();
    if (!row) throw new Error('There is no such row.');
    expect(row.secret_sealed.includes(Buffer.from('a secret of 20 bytes'))).toBe(false);
    const other = await confirmed();
    await knex('totp_authenticators').where({ id: other.id }).update({ secret_sealed: row.secret_sealed });
    await expect(store.find(other.accountId)).rejects.toThrow();
    expect(await store.remove(accountId)).toBe(true);
    expect(await store.remove(accountId)).toBe(false);
  });
});

describe('the store of recovery codes', () => {
  async function active() {
    const store = createRecoveryCodeStore(knex);
    const accountId = await insertAccount();
    await store.replacePending({ accountId, hashes: [hash(1), hash(2), hash(3)], createdAt: NOW });
    expect(await store.use(accountId, hash(1), NOW)).toBe(false);
    expect(await store.activate(accountId, [hash(3), hash(2), hash(1)])).toBe(true);
    return { store, accountId };
  }

  test('lets one of twenty use a code (S35)', async () => {
    const { store, accountId } = await active();
    const used = await Promise.all(Array.from({ length: 20 }, () => store.use(accountId, hash(2), NOW)));
    expect(used.filter(Boolean)).toHaveLength(1);
    expect(await store.countLeft(accountId)).toBe(2);
    expect(await store.use(await insertAccount(), hash(1), NOW)).toBe(false);
  });

  test('lets a new set take the place of the old one when it is activated, whole', async () => {
    const { store, accountId } = await active();
    await store.replacePending({ accountId, hashes: [hash(8), hash(9)], createdAt: LATER });
    expect(await store.activate(accountId, [hash(8)])).toBe(false);
    expect(await store.activate(accountId, [hash(8), hash(7)])).toBe(false);
    expect(await store.use(accountId, hash(1), NOW)).toBe(true);
    expect(await store.activate(accountId, [hash(9), hash(8)])).toBe(true);
    expect(await store.activate(accountId, [hash(9), hash(8)])).toBe(false);
    expect(await store.use(accountId, hash(2), NOW)).toBe(false);
    expect(await store.countLeft(accountId)).toBe(2);
    expect(await store.madeAt(accountId)).toEqual(LATER);
    expect(await store.remove(accountId)).toBe(2);
    expect(await store.madeAt(accountId)).toBeUndefined();
  });
});

describe('the store of remembered browsers', () => {
  test('knows them for their account until they expire or all of the account ends (S39)', async () => {
    const store = createRememberedDeviceStore(knex);
    const [accountId, other] = [await insertAccount(), await insertAccount()];
    const insert = (byte: number) =>
      store.insert({ accountId, tokenHash: hash(byte), createdAt: NOW, expiresAt: LATER });
    await insert(1);
    expect(await store.isRemembered(accountId, hash(1), NOW)).toBe(true);
    expect(await store.isRemembered(other, hash(1), NOW)).toBe(false);
    expect(await store.isRemembered(accountId, hash(1), LATER)).toBe(false);
    await createArtifactRevocation(knex).revokeAccount(other);
    expect(await store.isRemembered(accountId, hash(1), NOW)).toBe(true);
    await createArtifactRevocation(knex).revokeAccount(accountId);
    expect(await store.isRemembered(accountId, hash(1), NOW)).toBe(false);
    await insert(2);
    expect(await store.purge(NOW)).toBe(0);
    expect(await store.purge(LATER)).toBe(1);
  });
});

test('all of it goes with the account', async () => {
  const accountId = await insertAccount();
  await createTotpStore(knex, sealer).replacePending(authenticatorOf(accountId));
  await createRecoveryCodeStore(knex).replacePending({ accountId, hashes: [hash(1)], createdAt: NOW });
  await createRememberedDeviceStore(knex).insert({
    accountId,
    tokenHash: hash(5),
    createdAt: NOW,
    expiresAt: LATER,
  });
  await knex('accounts').where({ id: accountId }).delete();
  for (const table of ['totp_authenticators', 'recovery_codes', 'remembered_devices']) {
    expect(await knex(table).where({ account_id: accountId })).toEqual([]);
  }
});
