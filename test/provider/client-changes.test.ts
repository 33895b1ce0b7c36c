import type { Knex } from 'knex';
import { matchesLiveSecret } from '../../src/domain/clients/client-secret-hasher.js';
import { registerClient } from '../../src/domain/clients/register-client.js';
import { rotateClientSecret } from '../../src/domain/clients/rotate-client-secret.js';
import { createClientCache } from '../../src/provider/client-cache.js';
import {
  connectForChanges,
  createChangeFeed,
  type ChangeFeed,
} from '../../src/storage/postgres/change-feed.js';
import { createClientStore } from '../../src/storage/postgres/client-store.js';
import { openDatabase } from '../../src/storage/postgres/database.js';
import { createClientUseCaseDeps } from '../support/client-use-case-deps.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
let server: Knex;
let operator: Knex;
let feed: ChangeFeed;

beforeAll(async () => {
  database = await createTestDatabase();
  const open = (applicationName: string) => openDatabase({ url: database.url, poolSize: 2, applicationName });
  server = open('latchkey-test-server');
  operator = open('latchkey-test-operator');
  feed = createChangeFeed({ connect: () => connectForChanges(database.url) });
  await feed.start();
});

afterAll(async () => {
  await feed.stop();
  await Promise.all([server.destroy(), operator.destroy()]);
  await database.drop();
});

describe('a running server', () => {
  it('stops accepting a secret that another process has rotated away', async () => {
    const deps = createClientUseCaseDeps();
    const { artifactRevocation, audit } = deps;
    const operatorDeps = {
      ...deps,
      unitOfWork: {
        run: <Result>(work: (stores: OperatorStores) => Promise<Result>) =>
          operator.transaction((transaction) =>
            work({
              clients: createClientStore(transaction),
              consents: deps.consents,
              artifactRevocation,
              audit,
            }),
          ),
      },
    };
    let reads = 0;
    const stored = createClientStore(server);
    const find = (clientId: string) => {
      reads += 1;
      return stored.find(clientId);
    };
    const cache = createClientCache({ find }, feed);
    const accepts = async (secret = '') =>
      matchesLiveSecret(
        deps.clientSecretHasher,
        (await cache.find('job'))?.secrets ?? [],
        secret,
        deps.clock.now(),
      );

    expect(await accepts('any')).toBe(false);
    const created = await registerClient(operatorDeps, { clientId: 'job', name: 'Job', type: 'service' });
    await nextChange(() => rotateClientSecret(operatorDeps, { clientId: 'job', keepOldForSeconds: 60 }));
    expect(await accepts(created.secret)).toBe(true);
    const before = reads;
    expect(await accepts(created.secret)).toBe(true);
    expect(reads).toBe(before);
    const rotated = await nextChange(() => rotateClientSecret(operatorDeps, { clientId: 'job' }));
    expect(await accepts(created.secret)).toBe(false);
    expect(await accepts(rotated.secret)).toBe(true);
  });
});

type OperatorStores = Parameters<
  Parameters<ReturnType<typeof createClientUseCaseDeps>['unitOfWork']['run']>[0]
>[0];

/** Does the work and waits until its change has been heard: notifications keep the order of the commits. */
async function nextChange<Result>(work: () => Promise<Result>): Promise<Result> {
  const heard = new Promise<void>((resolve) => {
    feed.onChange('client', (id) => (id === 'mark' ? resolve() : undefined));
  });
  const result = await work();
  await operator.raw('select pg_notify(?, ?)', ['latchkey_changes', 'client:mark']);
  await heard;
  return result;
}
