import { newAccountId } from '../../../src/domain/accounts/account-id.js';
import { readSecondFactors } from '../../../src/domain/factors/read-second-factors.js';
import { createSealedBox } from '../../../src/security/sealed-box.js';
import { createAccountLookup } from '../../../src/storage/postgres/account-lookup.js';
import { createAccountStore } from '../../../src/storage/postgres/account-store.js';
import { openDatabase, type Database } from '../../../src/storage/postgres/database.js';
import { createPasskeyStore } from '../../../src/storage/postgres/passkey-store.js';
import { createRecoveryCodeStore } from '../../../src/storage/postgres/recovery-code-store.js';
import { createSecondFactorLookup } from '../../../src/storage/postgres/second-factor-lookup.js';
import { createTotpStore } from '../../../src/storage/postgres/totp-store.js';
import { traceStatements } from '../../../src/storage/postgres/trace-statements.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';
import { accountWith } from '../conformance/account-store.js';

const NOW = new Date('2026-11-23T12:00:00Z');

let database: TestDatabase;
let knex: Database;
const statements: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  knex = openDatabase({ url: database.url, poolSize: 4, applicationName: 'test' });
  traceStatements(knex, (name) => {
    statements.push(name);
    return undefined;
  });
});

afterAll(async () => {
  await knex.destroy();
  await database.drop();
});

async function insert(input: Parameters<typeof accountWith>[0], passwordHash?: string) {
  const account = accountWith(input);
  await createAccountStore(knex).insert({ account, passwordHash });
  return account;
}

test('accounts that are looked up at once are what the store finds, by one statement each for ids and logins', async () => {
  const ada = await insert({ email: 'Ada@Example.com', username: 'Countess' }, '$argon2id$ada');
  const bob = await insert({ email: 'bob@example.com', username: undefined });
  const { findById, findByLogin } = createAccountLookup(knex);
  statements.length = 0;
  const logins = ['COUNTESS', 'ada@example.com', 'bob@example.com', 'nobody', 'bob', '', 'x'.repeat(400)];
  const ids = [ada.id, bob.id, ada.id.toUpperCase(), newAccountId(NOW), 'no id'];
  const [byLogin, byId] = await Promise.all([
    Promise.all(logins.map(findByLogin)),
    Promise.all(ids.map(findById)),
  ]);
  expect(statements.sort()).toEqual(['accounts_by_login', 'accounts_find']);
  const known = { account: ada, passwordHash: '$argon2id$ada' };
  const other = { account: bob, passwordHash: undefined };
  expect(byLogin).toEqual([known, known, other, undefined, undefined, undefined, undefined]);
  expect(byId).toEqual([ada, bob, ada, undefined, undefined]);
});

test('second factors that are looked up at once are what the stores have, by one statement', async () => {
  const [none, some, all] = [
    await insert({ email: 'none@example.com', username: undefined }),
    await insert({ email: 'some@example.com', username: undefined }),
    await insert({ email: 'all@example.com', username: undefined }),
  ];
  const totp = createTotpStore(knex, createSealedBox(Buffer.alloc(32, 7)));
  const recoveryCodes = createRecoveryCodeStore(knex);
  const passkeys = createPasskeyStore(knex);
  const unconfirmed = {
    id: newAccountId(NOW),
    name: '',
    secret: Buffer.alloc(20),
    createdAt: NOW,
    confirmedAt: undefined,
    lastUsedAt: undefined,
    lastStep: undefined,
  };
  await totp.replacePending({ ...unconfirmed, accountId: some.id });
  await recoveryCodes.replacePending({
    accountId: some.id,
    hashes: [Buffer.alloc(32, 9)],
    createdAt: NOW,
  });
  const confirmed = { ...unconfirmed, id: newAccountId(NOW), accountId: all.id };
  await totp.replacePending(confirmed);
  await totp.confirm({ ...confirmed, confirmedAt: NOW });
  const hashes = [1, 2, 3].map((byte) => Buffer.alloc(32, byte));
  await recoveryCodes.replacePending({ accountId: all.id, hashes, createdAt: NOW });
  await recoveryCodes.activate(all.id, hashes);
  await recoveryCodes.use(all.id, Buffer.alloc(32, 2), NOW);
  await passkeys.insert({
    id: newAccountId(NOW),
    accountId: all.id,
    credentialId: Buffer.alloc(16, 1),
    publicKey: Buffer.alloc(77),
    signCount: 0,
    transports: [],
    aaguid: '00000000-0000-0000-0000-000000000000',
    multiDevice: false,
    backedUp: false,
    userVerified: true,
    name: 'Key',
    createdAt: NOW,
    lastUsedAt: undefined,
  });
  const ids = [none.id, some.id, all.id, none.id];
  statements.length = 0;
  const found = await Promise.all(ids.map(createSecondFactorLookup(knex)));
  expect(statements).toEqual(['second_factors_find']);
  expect(found[2]).toEqual({ totp: true, recoveryCodes: 2, passkeys: 1 });
  const read = (id: string) => readSecondFactors({ totp, recoveryCodes, passkeys }, id);
  expect(found).toEqual(await Promise.all(ids.map(read)));
});
