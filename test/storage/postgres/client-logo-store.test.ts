import {
  connectForChanges,
  createChangeFeed,
  notifyChange,
} from '../../../src/storage/postgres/change-feed.js';
import { createClientLogoStore } from '../../../src/storage/postgres/client-logo-store.js';
import { createClientStore } from '../../../src/storage/postgres/client-store.js';
import { openDatabase, type Database } from '../../../src/storage/postgres/database.js';
import { buildClient } from '../../support/build-client.js';
import { createTestDatabase } from '../../support/test-database.js';
import { describeClientLogoStore } from '../conformance/client-logo-store.js';

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let knex: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  knex = openDatabase({ url: testDatabase.url, poolSize: 4, applicationName: 'test' });
});
afterAll(async () => {
  await knex.destroy();
  await testDatabase.drop();
});

describeClientLogoStore('postgres', async () => {
  await knex('client_logos').delete();
  await knex('clients').delete();
  const clients = createClientStore(knex);
  return {
    store: createClientLogoStore(knex),
    async register(clientId, uri) {
      const metadata = uri === undefined ? {} : { logo_uri: uri };
      const client = await clients.find(clientId);
      if (client) await clients.update({ ...client, metadata });
      else await clients.insert(buildClient({ clientId, metadata, secrets: [] }));
    },
  };
});

test('every change of a logo is heard by whoever remembers it', async () => {
  const feed = createChangeFeed({ connect: () => connectForChanges(testDatabase.url) });
  const heard: string[] = [];
  const isOver = new Promise<void>((resolve) => {
    feed.onChange('client-logo', (id) => (id === 'over' ? resolve() : void heard.push(id)));
  });
  await feed.start();
  const store = createClientLogoStore(knex);
  const image = { type: 'image/png', bytes: Buffer.from('a picture') } as const;
  const at = { now: new Date(), again: new Date(), limit: 5 };
  await store.put('uploaded', image, at.now);
  await store.remove('uploaded');
  await store.remove('nothing');
  const [due] = await store.claimDue([{ clientId: 'fetched', uri: 'https://shop.example/logo.png' }], at);
  if (!due) throw new Error('The logo was not due.');
  await store.keepFetched(due, image, at);
  expect(await store.purge([])).toBe(1);
  await notifyChange(knex, 'client-logo', 'over');
  await isOver;
  await feed.stop();
  expect(heard).toEqual(['uploaded', 'uploaded', 'fetched', 'fetched']);
});
