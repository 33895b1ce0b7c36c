import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { Client } from 'pg';
import type { ArtifactChanges, ArtifactStore } from '../../../src/domain/artifacts/artifact-store.js';
import type { ArtifactWrite } from '../../../src/domain/artifacts/artifact.js';
import { createKeyedHash } from '../../../src/security/derive-key.js';
import { createSealedBox } from '../../../src/security/sealed-box.js';
import { createArtifactRevocation } from '../../../src/storage/postgres/artifact-revocation.js';
import { createArtifactCodec } from '../../../src/storage/postgres/artifact-codec.js';
import { createPostgresArtifactStore } from '../../../src/storage/postgres/artifact-store.js';
import { openDatabase } from '../../../src/storage/postgres/database.js';
import { createGrantStore } from '../../../src/storage/postgres/grant-store.js';
import { createSessionStore } from '../../../src/storage/postgres/session-store.js';
import { untilBlocked } from '../../support/blocked-statements.js';
import { createFakeClock } from '../../support/fake-clock.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

const clock = createFakeClock();
const codec = createArtifactCodec(createKeyedHash(randomBytes(32)), createSealedBox(randomBytes(32)));
const ADA = '019ac000-0000-7000-8000-00000000000a';
const BOB = '019ac000-0000-7000-8000-00000000000b';

let database: TestDatabase;
let knex: Knex;
let artifacts: ArtifactStore;

beforeAll(async () => {
  database = await createTestDatabase();
  knex = openDatabase({ url: database.url, poolSize: 4, applicationName: 'test' });
  artifacts = createPostgresArtifactStore({
    knex,
    codec,
    clock,
    clockToleranceSeconds: 10,
    auditLog: { append: () => Promise.resolve() },
  });
});

afterAll(async () => {
  await knex.destroy();
  await database.drop();
});

beforeEach(async () => {
  await knex('artifacts').delete();
});

async function insert(...writes: readonly ArtifactWrite[]): Promise<void> {
  const nothing: ArtifactChanges = {
    consume: undefined,
    remove: [],
    revokeGrants: [],
    insert: writes,
    replace: [],
    audit: [],
  };
  await artifacts.commit(nothing);
}

function session(
  name: string,
  accountId: string | undefined,
  more: ArtifactWrite['payload'] = {},
): ArtifactWrite {
  return {
    model: 'Session',
    id: `cookie-of-${name}`,
    uid: name,
    accountId,
    expiresAt: clock.epochSeconds() + 600,
    payload: { jti: `cookie-of-${name}`, uid: name, ...(accountId !== undefined && { accountId }), ...more },
  };
}

function grant(
  name: string,
  accountId: string,
  clientId: string,
  more: ArtifactWrite['payload'] = {},
): ArtifactWrite {
  const payload = { jti: name, accountId, clientId, ...more };
  return { model: 'Grant', id: name, accountId, clientId, expiresAt: clock.epochSeconds() + 900, payload };
}

function token(name: string, grantId: string): ArtifactWrite {
  const payload = { jti: name, grantId };
  return { model: 'AccessToken', id: name, grantId, expiresAt: clock.epochSeconds() + 60, payload };
}

/** @returns a promise, and what fulfils it */
function withResolver(): [promise: Promise<void>, resolve: () => void] {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((fulfil) => {
    resolve = fulfil;
  });
  return [promise, resolve];
}

const idOf = (uid: string): string => codec.uidHash(uid).toString('base64url');
const sessions = () => createSessionStore(knex, { codec, clock });
const grants = () => createGrantStore(knex, { codec, clock });
const isThere = async (model: ArtifactWrite['model'], id: string): Promise<boolean> =>
  (await artifacts.find({ model, id })) !== undefined;

describe('sessions among the artifacts', () => {
  test('are told without what would let anybody use them', async () => {
    await insert(
      session('one', ADA, {
        loginTs: 1_764_000_000,
        amr: ['pwd'],
        authorizations: { shop: { sid: 'secret-sid', grantId: 'secret-grant' }, app: {} },
      }),
    );
    const page = await sessions().list({ limit: 10 });
    expect(page).toEqual({
      sessions: [
        {
          id: idOf('one'),
          accountId: ADA,
          signedInAt: new Date(1_764_000_000_000),
          createdAt: expect.any(Date) as Date,
          expiresAt: new Date((clock.epochSeconds() + 600) * 1000),
          amr: ['pwd'],
          clientIds: ['app', 'shop'],
        },
      ],
      next: undefined,
    });
    expect(JSON.stringify(page)).not.toMatch(/cookie-of|secret/);
  });

  test('are those of people who are signed in, and have not expired', async () => {
    await insert(
      session('anonymous', undefined),
      session('old', ADA),
      session('new', ADA),
      session('bob', BOB),
    );
    await knex('artifacts').where('uid', codec.uidHash('old')).update({ expires_at: clock.now() });
    const idsOf = async (accountId?: string) =>
      (await sessions().list({ limit: 10, ...(accountId !== undefined && { accountId }) }))?.sessions
        .map(({ id }) => id)
        .sort();
    expect(await idsOf()).toEqual([idOf('new'), idOf('bob')].sort());
    expect(await idsOf(ADA)).toEqual([idOf('new')]);
    expect(await idsOf('nobody')).toEqual([]);
  });

  test('come page by page, the newest first, each once, also those of one moment', async () => {
    await insert(...['a', 'b', 'c', 'd'].map((name) => session(name, ADA)));
    await insert(session('e', ADA));
    const found: string[] = [];
    let after: string | undefined;
    do {
      const page = await sessions().list({ limit: 2, ...(after !== undefined && { after }) });
      found.push(...(page?.sessions ?? []).map(({ id }) => id));
      after = page?.next;
    } while (after !== undefined);
    expect(found[0]).toBe(idOf('e'));
    expect(found.slice(1).sort()).toEqual(['a', 'b', 'c', 'd'].map(idOf).sort());
  });

  test.each(['', 'x', '1_', '_a', '99999999999999999_a', "1_a' or true", '1_ä', '\0'])(
    'have no place %j in their list',
    async (after) => {
      expect(await sessions().list({ limit: 2, after })).toBeUndefined();
      expect(await grants().list({ limit: 2, after })).toBeUndefined();
    },
  );

  test('take any position of the right form', async () => {
    await insert(session('one', ADA));
    expect((await sessions().list({ limit: 2, after: '9999999999999999_AA' }))?.sessions).toHaveLength(1);
    expect((await sessions().list({ limit: 2, after: '0_AA' }))?.sessions).toEqual([]);
  });

  test('tell their browser', async () => {
    const seenAt = 1_764_000_000;
    await insert(session('one', ADA, { device: { userAgent: 'Firefox', network: '203.0.0.0/16', seenAt } }));
    expect((await sessions().list({ limit: 1 }))?.sessions[0]?.device).toEqual({
      userAgent: 'Firefox',
      network: '203.0.0.0/16',
      seenAt: new Date(seenAt * 1000),
    });
  });

  test('end all but one, each with its grants', async () => {
    const ofGrant = (grantId: string) => ({ authorizations: { shop: { grantId } } });
    await insert(
      session('kept', ADA, ofGrant('kept')),
      session('one', ADA, ofGrant('one')),
      session('two', ADA, ofGrant('two')),
      session('bob', BOB),
      ...['kept', 'one', 'two'].map((name) => grant(name, ADA, 'shop')),
      token('token-one', 'one'),
      token('token-kept', 'kept'),
    );
    const ended = await sessions().endOthers(ADA, idOf('kept'));
    expect(ended.map(({ id }) => id).sort()).toEqual([idOf('one'), idOf('two')].sort());
    const there = async (model: ArtifactWrite['model'], names: readonly string[]) =>
      Promise.all(names.map((name) => isThere(model, name)));
    expect(await there('Session', ['cookie-of-kept', 'cookie-of-one', 'cookie-of-bob'])).toEqual([
      true,
      false,
      true,
    ]);
    expect(await there('Grant', ['kept', 'one', 'two'])).toEqual([true, false, false]);
    expect(await there('AccessToken', ['token-kept', 'token-one'])).toEqual([true, false]);
  });

  test('all end with everything of the account but one session (ASVS 5.0 V7.4.3)', async () => {
    await insert(
      session('kept', ADA, { authorizations: { shop: { grantId: 'kept' } } }),
      session('one', ADA),
      session('bob', BOB),
      grant('kept', ADA, 'shop'),
      grant('of-bob', BOB, 'shop'),
      token('token', 'kept'),
    );
    const revocation = createArtifactRevocation(knex);
    expect(await revocation.revokeAccount(ADA, idOf('kept'))).toBe(3);
    expect(await isThere('Session', 'cookie-of-kept')).toBe(true);
    expect(await isThere('Session', 'cookie-of-one')).toBe(false);
    expect(await isThere('Grant', 'kept')).toBe(false);
    expect(await revocation.revokeAccount(ADA)).toBe(1);
    expect(await isThere('Session', 'cookie-of-bob')).toBe(true);
    expect(await isThere('Grant', 'of-bob')).toBe(true);
  });

  test('end with the grants that do not outlast them (OpenID Connect RP-Initiated Logout 1.0 §2)', async () => {
    await insert(
      session('one', ADA, {
        authorizations: {
          shop: { grantId: 'ends' },
          app: { grantId: 'stays', persistsLogout: true },
          odd: { grantId: 'of-bob' },
        },
      }),
      grant('ends', ADA, 'shop'),
      grant('stays', ADA, 'app'),
      grant('of-bob', BOB, 'odd'),
      token('token-ends', 'ends'),
      token('token-stays', 'stays'),
    );
    expect(await sessions().end(idOf('one'), BOB)).toBeUndefined();
    expect(await sessions().end(idOf('one'))).toMatchObject({ id: idOf('one'), accountId: ADA });
    expect(await sessions().end(idOf('one'))).toBeUndefined();
    expect(await isThere('Session', 'cookie-of-one')).toBe(false);
    expect(await isThere('Grant', 'ends')).toBe(false);
    expect(await isThere('AccessToken', 'token-ends')).toBe(false);
    expect(await isThere('Grant', 'stays')).toBe(true);
    expect(await isThere('AccessToken', 'token-stays')).toBe(true);
    expect(await isThere('Grant', 'of-bob')).toBe(true);
  });

  test('end while a request gives them another id, with what it adds (S7)', async () => {
    await insert(session('one', ADA), grant('late', ADA, 'shop'));
    const [written, tellWritten] = withResolver();
    const [released, release] = withResolver();
    const requests = createPostgresArtifactStore({
      knex,
      codec,
      clock,
      clockToleranceSeconds: 10,
      // It has the last word in the transaction of a request.
      auditLog: {
        append() {
          tellWritten();
          return released;
        },
      },
    });
    const renamed = session('one', ADA, { authorizations: { shop: { grantId: 'late' } } });
    const renaming = requests.commit({
      consume: undefined,
      remove: [],
      revokeGrants: [],
      insert: [],
      replace: [{ ...renamed, id: 'another-cookie', foundId: 'cookie-of-one', foundVersion: 1 }],
      audit: [{ origin: { actor: { kind: 'system' } }, entry: { type: 'consent.granted' } }],
    });
    await written;
    const watcher = new Client({ connectionString: database.url });
    await watcher.connect();
    try {
      const ending = sessions().end(idOf('one'));
      await untilBlocked(watcher, 1);
      release();
      expect(await renaming).toEqual({ kind: 'committed', outdated: [] });
      expect(await ending).toMatchObject({ id: idOf('one'), clientIds: ['shop'] });
    } finally {
      release();
      await watcher.end();
    }
    for (const cookie of ['cookie-of-one', 'another-cookie']) {
      expect(await isThere('Session', cookie)).toBe(false);
    }
    expect(await isThere('Grant', 'late')).toBe(false);
  });

  test.each(['', 'one', '\0', "' or true --", 'a'.repeat(1000)])('%j ends nothing', async (id) => {
    await insert(session('one', ADA), session('anonymous', undefined));
    expect(await sessions().end(id)).toBeUndefined();
    expect(await sessions().end(idOf('anonymous'))).toBeUndefined();
    expect(await isThere('Session', 'cookie-of-one')).toBe(true);
  });

  test('are listed by their index, however many there are', async () => {
    const plan = await knex.transaction(async (transaction) => {
      await transaction.raw('set local enable_seqscan = off');
      return transaction.raw<{ rows: { 'QUERY PLAN': string }[] }>(
        `explain select 1 from artifacts where model = 'Session' and account_id is not null
         order by created_at desc, uid desc limit 1`,
      );
    });
    expect(plan.rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/artifacts_sessions_index/);
  });
});

describe('grants among the artifacts', () => {
  test('tell what the client may do', async () => {
    await insert(
      grant('one', ADA, 'shop', {
        openid: { scope: 'openid profile', claims: ['email'] },
        resources: { 'https://api.example': 'read write' },
      }),
    );
    expect(await grants().list({ limit: 10 })).toEqual({
      grants: [
        {
          id: codec.grantRowId('one').toString('base64url'),
          accountId: ADA,
          clientId: 'shop',
          scopes: ['openid', 'profile'],
          claims: ['email'],
          resourceScopes: { 'https://api.example': ['read', 'write'] },
          grantedAt: expect.any(Date) as Date,
          expiresAt: new Date((clock.epochSeconds() + 900) * 1000),
        },
      ],
      next: undefined,
    });
  });

  test('are found by account and client, page by page', async () => {
    const names = ['a', 'b', 'c'];
    await insert(
      ...names.map((name) => grant(name, ADA, 'shop')),
      grant('d', ADA, 'app'),
      grant('e', BOB, 'shop'),
    );
    const first = await grants().list({ limit: 2, accountId: ADA, clientId: 'shop' });
    const last = await grants().list({
      limit: 2,
      accountId: ADA,
      clientId: 'shop',
      after: first?.next ?? '',
    });
    const found = [...(first?.grants ?? []), ...(last?.grants ?? [])].map(({ id }) => id).sort();
    expect(found).toEqual(names.map((name) => codec.grantRowId(name).toString('base64url')).sort());
    expect(last?.next).toBeUndefined();
    expect((await grants().list({ limit: 10, clientId: 'shop' }))?.grants).toHaveLength(4);
  });

  test('are revoked with their tokens, and only those of the account and client', async () => {
    await insert(
      grant('one', ADA, 'shop'),
      grant('two', ADA, 'shop'),
      grant('other', ADA, 'app'),
      grant('of-bob', BOB, 'shop'),
      token('token', 'two'),
      token('token-of-bob', 'of-bob'),
    );
    expect(await grants().revoke(ADA, 'shop')).toBe(2);
    expect(await grants().revoke(ADA, 'shop')).toBe(0);
    expect(await isThere('AccessToken', 'token')).toBe(false);
    expect(await isThere('Grant', 'other')).toBe(true);
    expect(await isThere('AccessToken', 'token-of-bob')).toBe(true);
  });
});
