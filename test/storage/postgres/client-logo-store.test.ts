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
