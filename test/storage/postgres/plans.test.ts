import { randomBytes, randomUUID } from 'node:crypto';
import type { ArtifactChanges } from '../../../src/domain/artifacts/artifact-store.js';
import { createKeyedHash } from '../../../src/security/derive-key.js';
import { createSealedBox } from '../../../src/security/sealed-box.js';
import { createAccountLookup } from '../../../src/storage/postgres/account-lookup.js';
import { createAccountStore } from '../../../src/storage/postgres/account-store.js';
import { createAddingUnitsOfWork } from '../../../src/storage/postgres/adding-units.js';
import { createArtifactCodec } from '../../../src/storage/postgres/artifact-codec.js';
import { createArtifactContexts } from '../../../src/storage/postgres/artifact-context.js';
import { createPostgresArtifactStore } from '../../../src/storage/postgres/artifact-store.js';
import { createConsentLookup } from '../../../src/storage/postgres/consent-lookup.js';
import { openDatabase, type Database } from '../../../src/storage/postgres/database.js';
import { createLoginThrottle } from '../../../src/storage/postgres/login-throttle.js';
import { createSecondFactorLookup } from '../../../src/storage/postgres/second-factor-lookup.js';
import { openAuditLog } from '../../support/audit-log.js';
import { createFakeClock } from '../../support/fake-clock.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';
import { accountWith } from '../conformance/account-store.js';

/** PostgreSQL plans a statement anew for the first five times, and keeps a plan only from then on. */
const PLANNED_ANEW = 5;
/** Rows that a table has more, after its plans were made. */
const MORE = 3_000;

let database: TestDatabase;
let knex: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  // One connection, so that whatever runs meets the plans of what ran before.
  knex = openDatabase({ url: database.url, poolSize: 1, applicationName: 'test' });
  // Whatever PostgreSQL finds out by itself meanwhile would have statements planned again.
  await knex.raw(`do $$
    declare name text;
    begin
      for name in select tablename from pg_tables where schemaname = 'public' loop
        execute format('alter table %I set (autovacuum_enabled = off)', name);
      end loop;
    end $$`);
});

afterAll(async () => {
  await knex.destroy();
  await database.drop();
});

test('a plan that was made for small tables looks no further when they have grown', async () => {
  const use = openStores();
  for (let times = 0; times < 2; times += 1) await use();
  // The worst that can happen: PostgreSQL knows for certain that there is next to nothing.
  await knex.raw('analyze');
  for (let times = 0; times <= PLANNED_ANEW; times += 1) await use();
  await fill();

  const before = await rowsRead();
  await use();
  const after = await rowsRead();

  const read = [...after].map(([table, rows]) => [table, rows - (before.get(table) ?? 0)] as const);
  expect(read.filter(([, rows]) => rows > 60)).toEqual([]);
  expect(read.filter(([, rows]) => rows > 0).length).toBeGreaterThan(10);
});

test('every statement is planned once, however few rows it is asked for', async () => {
  const { rows } = await knex.raw<{ rows: { name: string; planned: number }[] }>(
    'select name, custom_plans as planned from pg_prepared_statements order by name',
  );
  expect(rows.length).toBeGreaterThan(10);
  expect(rows.filter(({ planned }) => planned > PLANNED_ANEW)).toEqual([]);
});

/** @returns a function that runs the statements of a sign-in, of a refresh, and of all that hangs on them */
function openStores(): () => Promise<void> {
  const clock = createFakeClock();
  const codec = createArtifactCodec(createKeyedHash(randomBytes(32)), createSealedBox(randomBytes(32)));
  const { appender: auditLog } = openAuditLog(knex, clock);
  const artifacts = createPostgresArtifactStore({ knex, codec, clock, auditLog, clockToleranceSeconds: 0 });
  const contexts = createArtifactContexts(knex, codec);
  const accountStore = createAccountStore(knex);
  const accounts = createAccountLookup(knex);
  const consents = createConsentLookup(knex);
  const secondFactors = createSecondFactorLookup(knex);
  const throttle = createLoginThrottle(knex);
  const adding = createAddingUnitsOfWork(knex, auditLog).from({ actor: { kind: 'operator' } });
  const commit = (changes: Partial<ArtifactChanges>) => {
    const none = { consume: undefined, remove: [], revokeGrants: [], insert: [], replace: [], audit: [] };
    return artifacts.commit({ ...none, ...changes });
  };

  return async () => {
    const account = accountWith({ username: `u${randomUUID()}`, roles: ['admin'] });
    await accountStore.insert({ account, passwordHash: undefined });
    await accounts.findByLogin(account.email);
    await accounts.findById(account.id);
    await secondFactors(account.id);
    const attempt = { subject: account.id, network: account.email, at: clock.now() };
    await throttle.count(attempt);
    await throttle.giveBack(attempt);
    await throttle.succeed(attempt);
    await throttle.purge(clock.now());
    const consent = {
      accountId: account.id,
      clientId: 'shop',
      scopes: ['openid'],
      claims: [],
      resourceScopes: {},
    };
    await adding.run(async (stores) => {
      await stores.consents.add({ ...consent, grantedAt: clock.now() });
      stores.audit.record({ type: 'consent.granted', clientId: 'shop' });
    });
    await consents.find(account.id, 'shop');

    const [id, uid, userCode] = [randomUUID(), randomUUID(), randomUUID()];
    const common = { payload: { jti: id }, expiresAt: clock.epochSeconds() + 60 };
    const session = { ...common, model: 'Session' as const, id, uid, accountId: account.id };
    const grant = { ...common, model: 'Grant' as const, id, accountId: account.id, clientId: 'shop' };
    const token = { ...common, model: 'RefreshToken' as const, id, grantId: id, sessionUid: uid };
    const device = { ...common, model: 'DeviceCode' as const, id, userCode };
    await commit({ insert: [session, grant, token, device] });
    await artifacts.find(token);
    await artifacts.findSessionByUid(uid);
    await artifacts.findDeviceCodeByUserCode(userCode);
    await artifacts.insertUnique({ ...common, model: 'ReplayDetection', id });
    await contexts.of({
      grantId: codec.grantRowId(id),
      sessionUid: codec.uidHash(uid),
      accountId: account.id,
    });
    await commit({
      consume: token,
      insert: [{ ...token, id: randomUUID() }],
      replace: [{ ...session, foundId: id, foundVersion: 1 }],
      remove: [device],
    });
    await commit({ revokeGrants: [id], remove: [grant] });
  };
}

/** Multiplies the rows of each table; nobody has told PostgreSQL of it. */
async function fill(): Promise<void> {
  const hash = `sha256(n::text::bytea)`;
  const rows = `generate_series(1, ${MORE}) as n`;
  for (const sql of [
    `insert into artifacts (id, model, payload, uid, grant_id, session_uid, expires_at)
     select ${hash}, 'RefreshToken', 'sealed', ${hash}, ${hash}, ${hash}, now() + interval '1 day' from ${rows}`,
    `insert into accounts (id, email, email_normalized, created_at, updated_at)
     select gen_random_uuid(), n || '@example.org', n || '@example.org', now(), now() from ${rows}`,
    `insert into groups (id, name, name_normalized, created_at, updated_at)
     select gen_random_uuid(), n, n, now(), now() from ${rows}`,
    `insert into group_members (group_id, account_id)
     select groups.id, accounts.id from groups join accounts on email = name || '@example.org'`,
    `insert into account_roles (account_id, role) select id, 'admin' from accounts on conflict do nothing`,
    `insert into consents (account_id, client_id, scopes, claims, resource_scopes, granted_at)
     select id, 'shop', '{}', '{}', '{}', now() from accounts on conflict do nothing`,
    `insert into login_networks (key, expires_at) select ${hash}, now() + interval '1 day' from ${rows}`,
    `insert into login_attempts (key, attempts, allowed, strikes, resets_at)
     select ${hash}, 1, 10, 0, now() + interval '1 day' from ${rows}`,
    `insert into totp_authenticators (id, account_id, name, secret_sealed, created_at, confirmed_at)
     select gen_random_uuid(), id, 'app', 'sealed', now(), now() from accounts on conflict do nothing`,
    `insert into passkeys (id, account_id, credential_id, public_key, sign_count, transports, aaguid, multi_device, backed_up, user_verified, name, created_at)
     select gen_random_uuid(), id, convert_to(id::text, 'utf8'), 'key', 0, '{}', gen_random_uuid(), false, false, true, 'key', now() from accounts`,
  ]) {
    await knex.raw(sql);
  }
}

/** Rows that were read of each table so far, one by one or through an index. */
async function rowsRead(): Promise<ReadonlyMap<string, number>> {
  await knex.raw('select pg_stat_force_next_flush()');
  const { rows } = await knex.raw<{ rows: { name: string; read: number }[] }>(`
    select relname as name, seq_tup_read as read from pg_stat_user_tables
    union all
    select indexrelname, idx_tup_read from pg_stat_user_indexes`);
  return new Map(rows.map(({ name, read }) => [name, read]));
}
