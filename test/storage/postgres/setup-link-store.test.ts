import type { Knex } from 'knex';
import { randomBytes } from 'node:crypto';
import { openDatabase } from '../../../src/storage/postgres/database.js';
import { createSetupLinkStore } from '../../../src/storage/postgres/setup-link-store.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

const NOW = new Date('2026-11-23T12:00:00Z');
const LATER = new Date('2026-11-24T12:00:00Z');

let database: TestDatabase;
let knex: Knex;

beforeAll(async () => {
  database = await createTestDatabase();
  knex = openDatabase({ url: database.url, poolSize: 10, applicationName: 'test' });
});

afterAll(async () => {
  await knex.destroy();
  await database.drop();
});

beforeEach(async () => {
  await knex('setup_links').delete();
});

describe('set-up links in PostgreSQL', () => {
  test('a link is live until it expires, and only its own token matches', async () => {
    const store = createSetupLinkStore(knex);
    const hash = randomBytes(32);
    expect(await store.isLive(NOW)).toBe(false);
    await store.replace(hash, LATER);
    expect(await store.isLive(NOW)).toBe(true);
    expect(await store.matches(hash, NOW)).toBe(true);
    expect(await store.matches(randomBytes(32), NOW)).toBe(false);
    expect(await store.isLive(LATER)).toBe(false);
    expect(await store.matches(hash, LATER)).toBe(false);
    expect(await store.redeem(hash, LATER)).toBe(false);
    expect(await store.redeem(randomBytes(32), NOW)).toBe(false);
    expect(await store.matches(hash, NOW)).toBe(true);
  });

  test('a new link ends the one before it, also when several are made at once', async () => {
    const store = createSetupLinkStore(knex);
    const hashes = Array.from({ length: 8 }, () => randomBytes(32));
    await Promise.all(hashes.map((hash) => store.replace(hash, LATER)));
    const live = await Promise.all(hashes.map((hash) => store.matches(hash, NOW)));
    expect(live.filter(Boolean)).toHaveLength(1);
  });

  test('a link is redeemed once, however many try at once', async () => {
    const store = createSetupLinkStore(knex);
    const hash = randomBytes(32);
    await store.replace(hash, LATER);
    const redeemed = await Promise.all(Array.from({ length: 20 }, () => store.redeem(hash, NOW)));
    expect(redeemed.filter(Boolean)).toHaveLength(1);
    expect(await store.isLive(NOW)).toBe(false);
  });
});
