import type { Knex } from 'knex';
import { createClientStore } from '../../../src/storage/postgres/client-store.js';
import { openDatabase } from '../../../src/storage/postgres/database.js';
import { buildClient, buildSecret } from '../../support/build-client.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';
import { describeClientStore } from '../conformance/client-store.js';

let database: TestDatabase;
let knex: Knex;

beforeAll(async () => {
  database = await createTestDatabase();
  knex = openDatabase({ url: database.url, poolSize: 4, applicationName: 'latchkey-test' });
});

afterAll(async () => {
  await knex.destroy();
  await database.drop();
});

async function emptyStore() {
  await knex.raw('truncate clients cascade');
  return createClientStore(knex);
}

describeClientStore('PostgreSQL', emptyStore);

describe('client store in PostgreSQL', () => {
  it('takes part in the transaction that it is given', async () => {
    const store = await emptyStore();
    const rollback = new Error('roll back');
    const work = knex.transaction(async (transaction) => {
      const inside = createClientStore(transaction);
      await inside.insert(buildClient({ secrets: [buildSecret()] }));
      expect(await inside.find('shop')).toBeDefined();
      expect(await store.find('shop')).toBeUndefined();
      throw rollback;
    });
    await expect(work).rejects.toBe(rollback);
    expect(await store.find('shop')).toBeUndefined();
  });

  it('leaves the transaction usable after it refused an id that is taken', async () => {
    const store = await emptyStore();
    await store.insert(buildClient());
    await knex.transaction(async (transaction) => {
      const inside = createClientStore(transaction);
      await expect(inside.insert(buildClient())).rejects.toMatchObject({ code: 'already_exists' });
      await inside.insert(buildClient({ clientId: 'other' }));
    });
    expect(await store.find('other')).toBeDefined();
  });

  it('inserts a client with its secrets or not at all', async () => {
    const store = await emptyStore();
    const secrets = [buildSecret(), buildSecret()];
    await expect(store.insert(buildClient({ secrets }))).rejects.toMatchObject({ code: 'already_exists' });
    expect(await store.find('shop')).toBeUndefined();
  });

  it('makes a second rotation wait, so that it ends the secret of the first', async () => {
    const store = await emptyStore();
    await store.insert(buildClient());
    const end = new Date('2026-07-01T00:00:00Z');
    const first = await knex.transaction();
    await createClientStore(first).addSecret('shop', buildSecret({ id: 'first' }));
    const second = knex.transaction(async (transaction) => {
      const inside = createClientStore(transaction);
      await inside.addSecret('shop', buildSecret({ id: 'second' }));
      await inside.expireSecrets('shop', end, 'second');
    });
    await waitForLock();
    await first.commit();
    await second;
    const ends = ((await store.find('shop'))?.secrets ?? []).map(({ id, expiresAt }) => [id, expiresAt]);
    expect(new Map(ends as [string, Date | undefined][])).toEqual(
      new Map([
        ['first', end],
        ['second', undefined],
      ]),
    );
  });

  it('reads what the one before it wrote when it waited for the client (findForUpdate)', async () => {
    const store = await emptyStore();
    await store.insert(buildClient());
    const first = await knex.transaction();
    await createClientStore(first).addSecret('shop', buildSecret({ id: 'first' }));
    const second = knex.transaction((transaction) => createClientStore(transaction).findForUpdate('shop'));
    await waitForLock();
    await first.commit();
    expect((await second)?.secrets.map(({ id }) => id)).toEqual(['first']);
  });
});

/** Resolves once a connection of this database waits for a lock. */
async function waitForLock(): Promise<void> {
  const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  for (;;) {
    const { rows } = await knex.raw<{ rows: unknown[] }>(waiting);
    if (rows.length > 0) return;
  }
}
