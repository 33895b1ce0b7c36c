import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres, stopEmbeddedPostgres } from '../../src/storage/postgres/embedded-postgres.js';
import {
  authorizationRequest,
  closeConnections,
  redeemCode,
  refresh,
  tokensOf,
  userinfo,
} from '../support/relying-party-requests.js';
import { codeIn, UserAgent } from '../support/relying-party-user-agent.js';
import { latchkey } from '../support/cli.js';
import {
  openFixture,
  PASSWORD,
  REDIRECT_URI,
  type TestClient,
  type TestUser,
} from '../support/server-fixture.js';
import { complaints, SECRET_KEY } from '../support/server-process.js';
import { startInVain, startServer, type TestServer } from '../support/server.js';
import { createTestDatabase } from '../support/test-database.js';

const OTHER_SECRET_KEY = 'vN4cP8xQ2jH6tL0rB3wZ7yD1kS5mF9gE';

/** What a person and an app hold after a sign-in. */
interface Held {
  readonly agent: UserAgent;
  readonly refreshToken: string;
  readonly accessToken: string;
}

async function signIn({ issuer }: TestServer, client: TestClient, user: TestUser): Promise<Held> {
  const agent = new UserAgent(issuer);
  const request = authorizationRequest(issuer, client);
  const code = await agent.codeOf(request.url, user);
  const tokens = tokensOf(await redeemCode(issuer, client, { code, codeVerifier: request.codeVerifier }));
  return { agent, ...tokens };
}

/** The session answers without a page, the tokens work. @returns the next refresh token */
async function expectStillSignedIn({ issuer }: TestServer, client: TestClient, held: Held): Promise<Held> {
  const request = authorizationRequest(issuer, client, { prompt: 'none' });
  const { url } = await held.agent.open(request.url);
  const redeemed = await redeemCode(issuer, client, {
    code: codeIn(url),
    codeVerifier: request.codeVerifier,
  });
  expect(redeemed.status).toBe(200);
  expect((await userinfo(issuer, held.accessToken)).status).toBe(200);
  return { ...held, ...tokensOf(await refresh(issuer, client, held.refreshToken)) };
}

/** Ends the database that the killed server left; whoever finds it running leaves it so. */
async function stopOrphan(dataDir: string): Promise<void> {
  const { pid } = await startEmbeddedPostgres({ dataDir });
  await stopEmbeddedPostgres({ dataDir, pid });
}

afterAll(closeConnections);

describe('a restart', () => {
  it('after kill -9 keeps sessions and tokens', async () => {
    const database = await createTestDatabase();
    const first = await startServer({ databaseUrl: database.url });
    const fixture = await openFixture(first);
    const [user, client] = await Promise.all([fixture.user(), fixture.client()]);
    await fixture.close();
    const held = await signIn(first, client, user);
    await first.kill9();
    closeConnections();

    const second = await startServer({ databaseUrl: database.url, port: first.port });
    await expectStillSignedIn(second, client, held);
    await second.stop();
    await database.drop();
  });

  it('with another SECRET_KEY is refused in one line, and after its rotation nobody is signed out', async () => {
    const database = await createTestDatabase();
    const first = await startServer({ databaseUrl: database.url });
    const { port } = first;
    const fixture = await openFixture(first);
    const [user, client] = await Promise.all([fixture.user(), fixture.client()]);
    await fixture.close();
    const held = await signIn(first, client, user);
    await first.stop();
    closeConnections();

    const refused = await startInVain({ ...first.env, SECRET_KEY: OTHER_SECRET_KEY });
    expect(refused.exitCode).toBe(1);
    expect(complaints(refused)).toEqual([
      expect.stringMatching(/^SECRET_KEY is not the one that this database was set up with\. Set /),
    ]);

    const rotating = await startServer({
      databaseUrl: database.url,
      port,
      env: { SECRET_KEY: `${OTHER_SECRET_KEY},${SECRET_KEY}` },
    });
    const rotated = await expectStillSignedIn(rotating, client, held);
    await rotating.stop();
    closeConnections();

    // The earlier key is gone now; what was sealed with it was sealed anew.
    const later = await startServer({
      databaseUrl: database.url,
      port,
      env: { SECRET_KEY: OTHER_SECRET_KEY },
    });
    expect((await refresh(later.issuer, client, rotated.refreshToken)).status).toBe(200);
    await later.stop();
    await database.drop();
  });

  it('after kill -9 with the embedded database keeps sessions and tokens', async () => {
    const dataDir = await mkdtemp(path.join(os.tmpdir(), 'latchkey-restart-'));
    // As root, the database runs as another user, who must be able to enter.
    await chmod(dataDir, 0o755);
    const env = { DATA_DIR: dataDir };
    const first = await startServer({ databaseUrl: 'embedded', env });
    const create = ['user', 'create', '--email', 'ada@example.test', '--password-stdin'];
    const created = await latchkey(first, create, `${PASSWORD}\n`);
    const registered = await latchkey(first, [
      ...[
        'client',
        'create',
        '--name',
        'App',
        '--type',
        'web',
        '--redirect-uri',
        REDIRECT_URI,
        '--first-party',
      ],
    ]);
    const user = { id: created.field('id'), email: 'ada@example.test', password: PASSWORD };
    const client = {
      clientId: registered.field('client_id'),
      clientSecret: registered.field('client_secret'),
      redirectUri: REDIRECT_URI,
    };
    const held = await signIn(first, client, user);
    await first.kill9();
    closeConnections();

    const second = await startServer({ databaseUrl: 'embedded', env, port: first.port });
    await expectStillSignedIn(second, client, held);
    expect((await second.stop()).exitCode).toBe(0);
    await stopOrphan(path.join(dataDir, 'postgres'));
    await rm(dataDir, { recursive: true, force: true });
  });
});
