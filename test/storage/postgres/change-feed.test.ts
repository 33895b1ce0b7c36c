import type { Knex } from 'knex';
import {
  connectForChanges,
  createChangeFeed,
  notifyChange,
  type ChangeFeed,
} from '../../../src/storage/postgres/change-feed.js';
import { createClientStore } from '../../../src/storage/postgres/client-store.js';
import { openDatabase } from '../../../src/storage/postgres/database.js';
import { buildClient, buildSecret } from '../../support/build-client.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

let database: TestDatabase;
let knex: Knex;
const feeds: ChangeFeed[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  knex = openDatabase({ url: database.url, poolSize: 2, applicationName: 'latchkey-test' });
});

afterEach(async () => {
  await Promise.all(feeds.splice(0).map((feed) => feed.stop()));
});

afterAll(async () => {
  await knex.destroy();
  await database.drop();
});

function createFeed(connect = () => connectForChanges(database.url)): ChangeFeed {
  const feed = createChangeFeed({ connect });
  feeds.push(feed);
  return feed;
}

/** Resolves with all that was heard up to a mark that is sent now; notifications keep their order. */
async function heardBy(feed: ChangeFeed, work: () => Promise<unknown>): Promise<readonly string[]> {
  const heard: string[] = [];
  const marked = new Promise<void>((resolve) => {
    feed.onChange('client', (id) => (id === 'mark' ? resolve() : void heard.push(id)));
  });
  await work();
  await notifyChange(knex, 'client', 'mark');
  await marked;
  return heard;
}

describe('change feed', () => {
  it('tells of every write to a client', async () => {
    const feed = createFeed();
    await feed.start();
    const store = createClientStore(knex);
    const at = new Date('2026-07-01T00:00:00Z');
    const heard = await heardBy(feed, async () => {
      await store.insert(buildClient());
      await store.update(buildClient({ name: 'Other' }));
      await store.addSecret('shop', buildSecret());
      await store.expireSecrets('shop', at);
      await store.removeExpiredSecrets('shop', at);
      await store.remove('shop');
    });
    expect(heard).toEqual(Array(6).fill('shop'));
  });

  it('tells of nothing that was rolled back, and only when the transaction commits', async () => {
    const feed = createFeed();
    await feed.start();
    const heard = await heardBy(feed, async () => {
      const undone = await knex.transaction();
      await createClientStore(undone).insert(buildClient());
      await undone.rollback();
      const late = await knex.transaction();
      await createClientStore(late).insert(buildClient({ clientId: 'late' }));
      await notifyChange(knex, 'client', 'earlier');
      await late.commit();
    });
    expect(heard).toEqual(['earlier', 'late']);
  });

  it('keeps the kinds apart and leaves colons in ids alone', async () => {
    const feed = createFeed();
    await feed.start();
    const keys: string[] = [];
    feed.onChange('signing-key', (id) => void keys.push(id));
    const heard = await heardBy(feed, async () => {
      await notifyChange(knex, 'signing-key', 'kid:1');
      await notifyChange(knex, 'client', 'a:b');
    });
    expect([heard, keys]).toEqual([['a:b'], ['kid:1']]);
  });

  it('tells of a gap when its connection is lost, and listens again by itself', async () => {
    const feed = createFeed();
    const gap = new Promise<boolean>((resolve) => feed.onGap(() => resolve(feed.listening)));
    await feed.start();
    expect(feed.listening).toBe(true);
    const again = new Promise<void>((resolve) => feed.onListening(resolve));
    await knex.raw(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = 'latchkey-changes'`,
    );
    expect(await gap).toBe(false);
    await again;
    expect(feed.listening).toBe(true);
    expect(await heardBy(feed, () => notifyChange(knex, 'client', 'after'))).toEqual(['after']);
  });

  it('goes on trying when the first connection fails', async () => {
    let attempts = 0;
    const feed = createFeed(() => {
      attempts += 1;
      return attempts < 3 ? Promise.reject(new Error('refused')) : connectForChanges(database.url);
    });
    const listening = new Promise<void>((resolve) => feed.onListening(resolve));
    await feed.start();
    expect(feed.listening).toBe(false);
    await listening;
    expect([feed.listening, attempts]).toEqual([true, 3]);
  });

  it('stops for good', async () => {
    const feed = createFeed();
    let gaps = 0;
    feed.onGap(() => (gaps += 1));
    await feed.start();
    await feed.stop();
    const { rows } = await knex.raw<{ rows: unknown[] }>(
      `select 1 from pg_stat_activity where datname = current_database() and application_name = 'latchkey-changes'`,
    );
    expect([feed.listening, gaps, rows]).toEqual([false, 0, []]);
  });
});
