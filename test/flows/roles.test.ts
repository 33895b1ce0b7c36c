import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { latchkey, runCommand } from '../support/cli.js';
import { createGroup } from '../../src/domain/groups/create-group.js';
import { addGroupMember, removeGroupMember } from '../../src/domain/groups/group-membership.js';
import { assignRole } from '../../src/domain/roles/assign-role.js';
import { createRole } from '../../src/domain/roles/create-role.js';
import { OPERATOR } from '../../src/domain/roles/grantor.js';
import {
  authorizationRequest,
  closeConnections,
  json,
  redeemCode,
  refresh,
  tokensOf,
  userinfo,
} from '../support/relying-party-requests.js';
import { codeIn, UserAgent } from '../support/relying-party-user-agent.js';
import { openFixture, type Fixture, type TestClient } from '../support/server-fixture.js';
import { startInVain, startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let fixture: Fixture;

beforeAll(async () => {
  server = await startServer();
  fixture = await openFixture(server);
  await createRole(fixture.application, OPERATOR, { name: 'support' });
  await createRole(fixture.application, OPERATOR, { name: 'staff' });
});

afterAll(async () => {
  await fixture.close();
  closeConnections();
  await server.stop();
});

const SCOPES = ['openid', 'roles', 'groups', 'offline_access'];

/** A user with a role of their own and one by a group. */
async function memberOf(name: string) {
  const { application } = fixture;
  const user = await fixture.user();
  const group = await createGroup(application, OPERATOR, { name, roles: ['staff'] });
  await assignRole(application, OPERATOR, user.id, 'support');
  await addGroupMember(application, OPERATOR, { groupId: group.id, accountId: user.id });
  return { user, group };
}

const ask = (client: TestClient, extra: Readonly<Record<string, string>> = {}) =>
  authorizationRequest(server.issuer, client, { scope: SCOPES.join(' '), ...extra });

const refusal = {
  error: 'access_denied',
  error_description: 'the account may not use this client',
  iss: expect.any(String) as string,
  state: expect.any(String) as string,
};

describe('roles and groups as claims (OpenID Connect Core §5.1.2)', () => {
  test('arrive at userinfo for who asks for their scopes, and follow what holds', async () => {
    const { user, group } = await memberOf('Help desk');
    const client = await fixture.client({ scopes: SCOPES });
    const request = ask(client, { prompt: 'consent' });
    const code = await new UserAgent(server.issuer).codeOf(request.url, user);
    const tokens = tokensOf(
      await redeemCode(server.issuer, client, { code, codeVerifier: request.codeVerifier }),
    );
    expect(json(await userinfo(server.issuer, tokens.accessToken))).toEqual({
      sub: user.id,
      roles: ['staff', 'support'],
      groups: ['Help desk'],
    });
    await addGroupMember(fixture.application, OPERATOR, {
      groupId: (await createGroup(fixture.application, OPERATOR, { name: 'Chess' })).id,
      accountId: user.id,
    });
    expect(json(await userinfo(server.issuer, tokens.accessToken))['groups']).toEqual(['Chess', group.name]);
  });

  test('stay away from who does not ask', async () => {
    const { user } = await memberOf('Quiet');
    const client = await fixture.client();
    const request = ask(client, { scope: 'openid' });
    const code = await new UserAgent(server.issuer).codeOf(request.url, user);
    const tokens = tokensOf(
      await redeemCode(server.issuer, client, { code, codeVerifier: request.codeVerifier }),
    );
    expect(json(await userinfo(server.issuer, tokens.accessToken))).toEqual({ sub: user.id });
  });

  test('are announced in discovery', async () => {
    const response = await fetch(`${server.issuer}/.well-known/openid-configuration`);
    const document = (await response.json()) as Readonly<Record<string, readonly string[]>>;
    expect(document['scopes_supported']).toEqual(expect.arrayContaining(['roles', 'groups']));
    expect(document['claims_supported']).toEqual(expect.arrayContaining(['roles', 'groups']));
  });
});

describe('roles and groups of the configuration file', () => {
  test('are there when the server has started, and what is wrong with them stops the start', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'latchkey-roles-'));
    const file = path.join(folder, 'latchkey.yaml');
    const roles = 'roles: [{ name: declared, permissions: [users:read] }]\n';
    await writeFile(file, `${roles}groups: [{ name: Declared, roles: [declared] }]\n`);
    const configured = await startServer({ env: { CONFIG: file } });
    try {
      const shown = await latchkey(configured, ['group', 'show', 'Declared']);
      expect(JSON.parse(shown.stdout)).toMatchObject({ roles: ['declared'], source: 'configuration' });
      const refused = await runCommand(configured.env, ['role', 'delete', 'declared', '--json']);
      expect([refused.exitCode, JSON.parse(refused.stderr)]).toMatchObject([
        1,
        { error: { code: 'declared_in_configuration' } },
      ]);
      await writeFile(file, `${roles}groups: [{ name: Declared, roles: [nothing] }]\n`);
      const ended = await startInVain({ ...configured.env, PORT: '0' });
      expect(ended.exitCode).toBe(1);
      expect(ended.stderr).toContain('There is no role \"nothing\"; create it first.');
    } finally {
      await configured.stop();
      await rm(folder, { recursive: true });
    }
  });
});

describe('a client that is for some people only', () => {
  test.each([true, false])(
    'refuses the others at login, first party: %s (RFC 6749 §4.1.2.1)',
    async (firstParty) => {
      const user = await fixture.user();
      const client = await fixture.client({ allowedRoles: ['support'], scopes: SCOPES, firstParty });
      const callback = await new UserAgent(server.issuer).signIn(ask(client).url, user);
      expect(callback.origin + callback.pathname).toBe(client.redirectUri);
      expect(Object.fromEntries(callback.searchParams)).toEqual(refusal);
    },
  );

  test('refuses them with prompt=none, and lets them in once they may (OpenID Connect Core §3.1.2.1)', async () => {
    const user = await fixture.user();
    const everybody = await fixture.client();
    const some = await fixture.client({ allowedRoles: ['support'], scopes: SCOPES });
    const browser = new UserAgent(server.issuer);
    await browser.codeOf(ask(everybody, { scope: 'openid' }).url, user);
    const silent = ask(some, { prompt: 'none', scope: 'openid' });
    const refused = await browser.open(silent.url);
    expect(Object.fromEntries(refused.url.searchParams)).toEqual(refusal);
    await assignRole(fixture.application, OPERATOR, user.id, 'support');
    expect(codeIn((await browser.open(silent.url)).url)).not.toBe('');
  });

  test('lets another person sign in instead (prompt=login)', async () => {
    const { user: member, group } = await memberOf('Accounting');
    const stranger = await fixture.user();
    const client = await fixture.client({ allowedGroups: [group.name], scopes: SCOPES });
    const browser = new UserAgent(server.issuer);
    await browser.signIn(ask(client).url, stranger);
    const { page } = await browser.open(ask(client, { prompt: 'login' }).url);
    expect(page?.text).toContain('name="password"');
    await expect(new UserAgent(server.issuer).codeOf(ask(client).url, member)).resolves.toBeDefined();
  });

  test('ends refresh tokens, codes and access tokens of who may no longer use it (RFC 6749 §5.2)', async () => {
    const { user, group } = await memberOf('Sales');
    const client = await fixture.client({ allowedGroups: [group.name.toUpperCase()], scopes: SCOPES });
    const browser = new UserAgent(server.issuer);
    const request = ask(client, { prompt: 'consent' });
    const code = await browser.codeOf(request.url, user);
    const tokens = tokensOf(
      await redeemCode(server.issuer, client, { code, codeVerifier: request.codeVerifier }),
    );
    const pending = ask(client);
    const pendingCode = await browser.codeOf(pending.url, user);
    // Renamed rather than left, which would end everything by itself.
    await fixture.application.stores.groups.update({ ...group, name: 'Former sales' });

    const refreshed = await refresh(server.issuer, client, tokens.refreshToken);
    expect([refreshed.status, json(refreshed)['error']]).toEqual([400, 'invalid_grant']);
    const redeemed = await redeemCode(server.issuer, client, {
      code: pendingCode,
      codeVerifier: pending.codeVerifier,
    });
    expect([redeemed.status, json(redeemed)['error']]).toEqual([400, 'invalid_grant']);
    expect((await userinfo(server.issuer, tokens.accessToken)).status).toBe(401);
    const again = await browser.open(ask(client, { prompt: 'none' }).url);
    expect(Object.fromEntries(again.url.searchParams)).toEqual(refusal);
  });

  test('ends the tokens of who leaves a group that gave a role', async () => {
    const { user, group } = await memberOf('Leavers');
    const client = await fixture.client({ scopes: SCOPES });
    const request = ask(client, { prompt: 'consent' });
    const code = await new UserAgent(server.issuer).codeOf(request.url, user);
    const tokens = tokensOf(
      await redeemCode(server.issuer, client, { code, codeVerifier: request.codeVerifier }),
    );
    await removeGroupMember(fixture.application, OPERATOR, { groupId: group.id, accountId: user.id });
    const refreshed = await refresh(server.issuer, client, tokens.refreshToken);
    expect([refreshed.status, json(refreshed)['error']]).toEqual([400, 'invalid_grant']);
  });
});
