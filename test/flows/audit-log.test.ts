import type { Knex } from 'knex';
import type { AuditEvent } from '../../src/domain/audit/audit-event.js';
import { openDatabase } from '../../src/storage/postgres/database.js';
import { latchkey, runCommand } from '../support/cli.js';
import {
  authorizationRequest,
  basic,
  closeConnections,
  postForm,
  redeemCode,
  refresh,
  tokensOf,
  type Tokens,
} from '../support/relying-party-requests.js';
import { formOf, UserAgent } from '../support/relying-party-user-agent.js';
import { openFixture, type Fixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let fixture: Fixture;
let knex: Knex;
let user: TestUser;
let client: TestClient;

beforeAll(async () => {
  server = await startServer();
  fixture = await openFixture(server);
  knex = openDatabase({ url: server.databaseUrl, poolSize: 2, applicationName: 'latchkey test' });
  user = await fixture.user();
  client = await fixture.client({ firstParty: false, scopes: ['openid', 'offline_access'] });
});

afterAll(async () => {
  closeConnections();
  await knex.destroy();
  await fixture.close();
  await server.stop();
});

/** What the audit log tells of the work, oldest first. */
async function toldOf<Result>(
  work: () => Promise<Result>,
): Promise<{ result: Result; events: AuditEvent[] }> {
  const last = async (): Promise<number> =>
    (await fixture.application.auditReader.list({ limit: 1 })).events[0]?.sequence ?? 0;
  const before = await last();
  const result = await work();
  const { events } = await fixture.application.auditReader.list({ limit: (await last()) - before + 1 });
  return { result, events: events.filter(({ sequence }) => sequence > before).reverse() };
}

async function signIn(agent = new UserAgent(server.issuer)) {
  const request = authorizationRequest(server.issuer, client, {
    scope: 'openid offline_access',
    prompt: 'consent',
  });
  const code = await agent.codeOf(request.url, user);
  return { agent, code, codeVerifier: request.codeVerifier };
}

async function signedIn(): Promise<{ agent: UserAgent; code: string; codeVerifier: string; tokens: Tokens }> {
  const input = await signIn();
  return { ...input, tokens: tokensOf(await redeemCode(server.issuer, client, input)) };
}

/** As if it had been used long enough ago to be no double click. */
const longAgo = () => knex.raw(`update artifacts set consumed_at = consumed_at - interval '1 minute'`);
const types = (events: readonly AuditEvent[]): string[] => events.map(({ type }) => type);
const anyText = expect.any(String) as string;

describe('the audit log of a running server', () => {
  test('tells of a sign-in and a consent, and where they came from', async () => {
    const { events } = await toldOf(() => signIn());
    const from = { address: expect.stringMatching(/^127\.0\.0\.1$|^::1$/) as string, requestId: anyText };
    const ada = { kind: 'user', id: user.id };
    expect(events).toMatchObject([
      { type: 'sign_in.succeeded', actor: ada, subject: ada, clientId: client.clientId, ...from },
      {
        type: 'consent.granted',
        actor: ada,
        subject: ada,
        clientId: client.clientId,
        details: { scopes: ['openid', 'offline_access'] },
        ...from,
      },
    ]);
  });

  test('tells of a sign-in that failed, without the name that was typed', async () => {
    const agent = new UserAgent(server.issuer);
    const { page } = await agent.open(authorizationRequest(server.issuer, client).url);
    if (!page) throw new Error('There is no login page.');
    const form = formOf(page, '/login');
    const { events } = await toldOf(async () => {
      await agent.post(form, { username: user.email, password: 'wrong' }, { 'user-agent': 'Guesser/1' });
      await agent.post(form, { username: 'nobody@example.test', password: 'wrong' });
      await agent.post(form, { username: 'NOBODY@example.test', password: 'again' });
    });
    expect(events).toMatchObject([
      {
        type: 'sign_in.failed',
        actor: { kind: 'anonymous' },
        subject: { kind: 'user', id: user.id },
        userAgent: 'Guesser/1',
        details: { reason: 'wrong_password' },
      },
      { type: 'sign_in.failed', subject: undefined, details: { reason: 'unknown_login' } },
      { type: 'sign_in.failed', subject: undefined, details: { reason: 'unknown_login' } },
    ]);
    expect(events[1]?.details?.['login_hash']).toBe(events[2]?.details?.['login_hash']);
    expect(JSON.stringify(events)).not.toMatch(/nobody/i);
  });

  test('tells of a consent that was denied', async () => {
    const request = authorizationRequest(server.issuer, client, { prompt: 'consent' });
    const { events } = await toldOf(() => new UserAgent(server.issuer).signIn(request.url, user, 'deny'));
    expect(types(events)).toEqual(['sign_in.succeeded', 'consent.denied']);
  });

  test('tells nothing of tokens that are issued, refreshed and used', async () => {
    const input = await signIn();
    const { events } = await toldOf(async () => {
      const tokens = tokensOf(await redeemCode(server.issuer, client, input));
      tokensOf(await refresh(server.issuer, client, tokens.refreshToken));
    });
    expect(events).toEqual([]);
  });

  test('tells of a token that its client revoked, and of the grant that ended with it (RFC 7009 §2.1)', async () => {
    const { tokens } = await signedIn();
    const { tokens: others } = await signedIn();
    const revoke = (token: string) =>
      postForm(`${server.issuer}/revoke`, { token }, { headers: basic(client) });
    const { events } = await toldOf(async () => {
      expect((await revoke(tokens.accessToken)).status).toBe(200);
      expect((await revoke(others.refreshToken)).status).toBe(200);
      await revoke('made up');
    });
    const by = { actor: { kind: 'client', id: client.clientId }, subject: { kind: 'user', id: user.id } };
    expect(events).toMatchObject([
      { type: 'token.revoked', ...by, details: { token_kind: 'AccessToken' } },
      { type: 'token.revoked', ...by, details: { token_kind: 'RefreshToken' } },
      { type: 'grant.revoked', ...by, details: { grant: anyText } },
    ]);
    for (const token of [tokens.accessToken, tokens.refreshToken, others.accessToken, others.refreshToken])
      expect(JSON.stringify(events)).not.toContain(token);
  });

  test('tells of a code that came again (RFC 6749 §4.1.2)', async () => {
    const input = await signedIn();
    await longAgo();
    const { events, result } = await toldOf(() => redeemCode(server.issuer, client, input));
    expect(result.status).toBe(400);
    const of = { subject: { kind: 'user', id: user.id }, clientId: client.clientId, requestId: anyText };
    expect(events).toMatchObject([
      { type: 'code.replayed', ...of },
      { type: 'grant.revoked', ...of },
    ]);
    expect((await refresh(server.issuer, client, input.tokens.refreshToken)).status).toBe(400);
  });

  test('tells of a refresh token that came again (RFC 9700 §4.14.2)', async () => {
    const { tokens } = await signedIn();
    tokensOf(await refresh(server.issuer, client, tokens.refreshToken));
    await longAgo();
    const { events } = await toldOf(() => refresh(server.issuer, client, tokens.refreshToken));
    expect(types(events)).toEqual(['refresh_token.replayed', 'grant.revoked']);
  });

  test('tells of a logout (OIDC RP-Initiated Logout §2)', async () => {
    const { agent, tokens } = await signedIn();
    const { page } = await agent.open(`${server.issuer}/session/end?id_token_hint=${tokens.idToken}`);
    if (!page) throw new Error('There is no logout page.');
    const { events } = await toldOf(() =>
      agent.submit(formOf(page, '/session/end/confirm'), { logout: 'yes' }),
    );
    expect(types(events)).toContain('session.ended');
    expect(events.find(({ type }) => type === 'session.ended')).toMatchObject({
      actor: { kind: 'user', id: user.id },
      clientId: client.clientId,
      details: { session: anyText },
    });
  });

  test('is listed and verified by the command line, whose changes it tells too', async () => {
    const { stdout } = await latchkey(server, ['client', 'create', '--name', 'Job', '--type', 'service']);
    const { client_id: clientId } = JSON.parse(stdout) as { client_id: string };
    const listed = await latchkey(server, ['event', 'list', '--client', clientId]);
    expect(JSON.parse(listed.stdout)).toMatchObject([
      { type: 'client.created', actor: { kind: 'operator', id: null }, client_id: clientId },
    ]);
    const verified = await latchkey(server, ['audit', 'verify']);
    expect(JSON.parse(verified.stdout)).toMatchObject({ intact: true });

    await knex.raw('alter table audit_events disable trigger user');
    await knex.raw(`update audit_events set request_id = 'another' where sequence = 5`);
    await knex.raw('alter table audit_events enable trigger user');
    const broken = await runCommand(server.env, ['audit', 'verify']);
    expect(broken.exitCode).toBe(1);
    expect(broken.stderr).toContain('event 5 is not as it was written');
  });
});
