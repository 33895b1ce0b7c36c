import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { authorizationRequest, closeConnections, send } from '../support/relying-party-requests.js';
import { UserAgent } from '../support/relying-party-user-agent.js';
import { openFixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { complaints, launch, PROJECT, type ProductProcess } from '../support/server-process.js';
import { freePort, startInVain, startSecondServer, startServer, type TestServer } from '../support/server.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const NEW_MIGRATION = '29990101000000_add_nickname';
const LATER_MIGRATION = '29990201000000_require_nickname';

let database: TestDatabase;
let newVersion: string;

/** A migration's file, built. @param floor the oldest version that may run on it */
function migration(name: string, statement: string, floor: string): string {
  return `
    export async function up(knex) {
      await knex.raw(${JSON.stringify(statement)});
      await knex.raw("insert into schema_floors (migration, oldest_version) values ('${name}', '${floor}')");
    }
    export async function down() {}`;
}

/** The next version: the same program under another number, with a migration that leaves room for this one. */
async function buildNextVersion(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-next-'));
  await cp(path.join(PROJECT, 'dist'), path.join(folder, 'dist'), { recursive: true });
  for (const shared of ['node_modules', 'views', 'package.json'])
    await symlink(path.join(PROJECT, shared), path.join(folder, shared));
  const version = path.join(folder, 'dist/src/domain/version.js');
  await writeFile(version, (await readFile(version, 'utf8')).replace(/'\d+\.\d+\.\d+'/, "'0.2.0'"));
  await addMigration(folder, NEW_MIGRATION, 'alter table accounts add column nickname text', '0.1.0');
  return folder;
}

async function addMigration(folder: string, name: string, statement: string, floor: string): Promise<void> {
  await writeFile(path.join(folder, `dist/migrations/${name}.js`), migration(name, statement, floor));
}

async function runNew(command: string, settings: TestServer['env']): Promise<ProductProcess> {
  const process = launch(path.join(newVersion, 'dist/src/cli/main.js'), [command], settings);
  if (command === 'serve') await process.printed(/"msg":"ready"/);
  return process;
}

async function expectSignIn(
  server: TestServer,
  client: TestClient,
  user: TestUser,
  via?: string,
): Promise<void> {
  const agent = new UserAgent(server.issuer, via);
  expect(await agent.codeOf(authorizationRequest(server.issuer, client).url, user)).not.toBe('');
}

beforeAll(async () => {
  [database, newVersion] = await Promise.all([createTestDatabase(), buildNextVersion()]);
});

afterAll(async () => {
  closeConnections();
  await database.drop();
  await rm(newVersion, { recursive: true });
});

test('old and new versions serve beside each other while the schema moves on, until that leaves the old one behind (S76)', async () => {
  const old = await startServer({ databaseUrl: database.url });
  const fixture = await openFixture(old);
  const [user, client] = await Promise.all([fixture.user(), fixture.client()]);
  await fixture.close();

  const port = await freePort();
  const next = await runNew('serve', { ...old.env, ISSUER: old.issuer, PORT: String(port) });
  await expectSignIn(old, client, user);
  await expectSignIn(old, client, user, `http://localhost:${port}`);
  // A rolling restart may start the old version once more.
  const restarted = await startSecondServer(old);
  await expectSignIn(old, client, user, restarted.url);
  await restarted.stop();

  // A later release takes away what 0.1.0 needs.
  await addMigration(
    newVersion,
    LATER_MIGRATION,
    'alter table accounts alter nickname set default 1',
    '0.2.0',
  );
  expect((await (await runNew('migrate', old.env)).ended).exitCode).toBe(0);
  const refused = await startInVain({ ...old.env, PORT: String(await freePort()) });
  expect(refused.exitCode).toBe(1);
  expect(complaints(refused)).toEqual([
    `The database was migrated by a newer version of Latchkey (${NEW_MIGRATION}, ${LATER_MIGRATION}): this is 0.1.0, and the oldest that may run on it is 0.2.0: start that version or a newer one, or restore a backup from before the upgrade.`,
  ]);
  expect((await send(`${old.issuer}/healthz/ready`, { via: `http://localhost:${port}` })).status).toBe(200);

  closeConnections();
  next.child.kill('SIGTERM');
  await Promise.all([next.ended, old.stop()]);
});
