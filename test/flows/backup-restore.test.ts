import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { latchkey, runCommand } from '../support/cli.js';
import {
  authorizationRequest,
  closeConnections,
  json,
  redeemCode,
  refresh,
  send,
  tokensOf,
  userinfo,
} from '../support/relying-party-requests.js';
import { codeIn, UserAgent } from '../support/relying-party-user-agent.js';
import { openFixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { CLI_PROGRAM, launch } from '../support/server-process.js';
import { startServer, type TestServer } from '../support/server.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let folder: string;
let database: TestDatabase;
let server: TestServer;
let user: TestUser;
let client: TestClient;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-restore-'));
  database = await createTestDatabase();
  server = await startServer({ databaseUrl: database.url });
  const fixture = await openFixture(server);
  [user, client] = await Promise.all([fixture.user(), fixture.client()]);
  await fixture.close();
});

afterAll(async () => {
  closeConnections();
  await server.stop();
  await database.drop();
  await rm(folder, { recursive: true });
});

async function keyIds({ issuer }: TestServer): Promise<readonly unknown[]> {
  const { keys } = json(await send(`${issuer}/jwks`));
  return Array.isArray(keys) ? keys.map((key: { readonly kid?: unknown }) => key.kid) : [];
}

async function restart(work: () => Promise<void>): Promise<void> {
  await server.stop();
  closeConnections();
  await work();
  server = await startServer({ databaseUrl: database.url, port: server.port });
}

test('a restore ends all that was issued before it, and keeps who may sign in (S78)', async () => {
  const { issuer } = server;
  const agent = new UserAgent(issuer);
  const request = authorizationRequest(issuer, client, {
    scope: 'openid email offline_access',
    prompt: 'consent',
  });
  const code = await agent.codeOf(request.url, user);
  const held = tokensOf(await redeemCode(issuer, client, { code, codeVerifier: request.codeVerifier }));
  expect((await userinfo(issuer, held.accessToken)).status).toBe(200);
  const keys = await keyIds(server);

  // While the server runs and answers.
  const backup = path.join(folder, 'one.backup');
  const report = await latchkey(server, ['backup', '--to', backup]);
  expect(report.field('file')).toBe(backup);
  const refused = await runCommand(server.env, ['restore', '--from', backup, '--force']);
  expect(refused.stderr).toMatch(
    /Latchkey is running on this database \(\d+ connections\): stop every server/,
  );

  await restart(async () => {
    const restored = await runCommand(server.env, ['restore', '--from', backup, '--force']);
    expect(restored).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('  accounts: 1 row\n') as string,
    });
    expect(restored.stdout).toContain('The audit log holds: ');
    expect(restored.stdout).toContain(
      'All sessions, tokens, codes, links, invitations and remembered browsers of before have ended.',
    );
  });

  const silent = await agent.open(authorizationRequest(issuer, client, { prompt: 'none' }).url);
  expect(silent.url.searchParams.get('error')).toBe('login_required');
  expect(json(await refresh(issuer, client, held.refreshToken))).toMatchObject({ error: 'invalid_grant' });
  expect((await userinfo(issuer, held.accessToken)).status).toBe(401);
  expect((await keyIds(server)).filter((kid) => keys.includes(kid))).toEqual([]);
  expect(await keyIds(server)).toHaveLength(keys.length);

  const again = authorizationRequest(issuer, client);
  const next = await new UserAgent(issuer).codeOf(again.url, user);
  const tokens = tokensOf(await redeemCode(issuer, client, { code: next, codeVerifier: again.codeVerifier }));
  expect((await userinfo(issuer, tokens.accessToken)).status).toBe(200);
  expect((await latchkey(server, ['audit', 'verify'])).stdout).toContain('true');
});

test('a restore that is killed in the middle has changed nothing', async () => {
  const { issuer } = server;
  const agent = new UserAgent(issuer);
  await agent.codeOf(authorizationRequest(issuer, client).url, user);
  const backup = path.join(folder, 'two.backup');
  await latchkey(server, ['backup', '--to', backup]);
  // A second gzip member follows the first as if they were one: the restore waits for it within a table.
  const text = gunzipSync(await readFile(backup));
  const half = gzipSync(text.subarray(0, text.indexOf('\\table {"name":"audit_chain"')));

  await restart(async () => {
    const restore = launch(CLI_PROGRAM, ['restore', '--from', '-', '--force'], server.env);
    restore.child.stdin.write(half);
    await waitFor(() => restore.stderr().includes('  audit_events: '), restore.child.stderr);
    restore.child.kill('SIGKILL');
    expect((await restore.ended).exitCode).toBeNull();
  });

  // The session is there still, and so is all that it hangs on.
  const { url } = await agent.open(authorizationRequest(issuer, client, { prompt: 'none' }).url);
  expect(codeIn(url)).not.toBe('');
  expect((await latchkey(server, ['audit', 'verify'])).stdout).toContain('true');
});

test('a backup passes through pipes', async () => {
  const backup = path.join(folder, 'three.backup');
  await latchkey(server, ['backup', '--to', backup]);
  const check = launch(CLI_PROGRAM, ['restore', '--from', '-', '--check', '--json'], server.env);
  createReadStream(backup).pipe(check.child.stdin);
  const { stdout, exitCode } = await check.ended;

  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ restored: false, other_issuer: null });
  const piped = await runCommand(server.env, ['backup', '--to', '-', '--json']);
  expect(JSON.parse(piped.stderr)).toMatchObject({ file: null });
});

/** Resolves once something holds, looking whenever the stream has brought more. */
function waitFor(holds: () => boolean, stream: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!holds()) return;
      stream.off('data', look);
      resolve();
    };
    stream.on('data', look);
    look();
  });
}
