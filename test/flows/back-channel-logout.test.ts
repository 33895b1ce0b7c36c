import { setTimeout } from 'node:timers/promises';
import { endSession } from '../../src/domain/sessions/end-session.js';
import { setAccountDisabled } from '../../src/domain/accounts/set-account-disabled.js';
import { revokeEverything } from '../../src/domain/sessions/revoke-everything.js';
import { signOutEverywhere } from '../../src/domain/sessions/sign-out-everywhere.js';
import { latchkey } from '../support/cli.js';
import { LogoutReceiver } from '../support/logout-receiver.js';
import { authorizationRequest, closeConnections, redeemCode } from '../support/relying-party-requests.js';
import { formOf, UserAgent } from '../support/relying-party-user-agent.js';
import { openFixture, type Fixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { startSecondServer, startServer, type TestServer } from '../support/server.js';

let servers: readonly [TestServer, TestServer];
let fixture: Fixture;

beforeAll(async () => {
  const first = await startServer();
  servers = [first, await startSecondServer(first)];
  fixture = await openFixture(first);
});
afterAll(async () => {
  closeConnections();
  await fixture.close();
  await servers[1].stop();
  await servers[0].stop();
});

async function signedIn(uri: string): Promise<{ agent: UserAgent; client: TestClient; user: TestUser }> {
  const user = await fixture.user();
  const client = await fixture.client({
    backchannelLogoutUri: uri,
    metadata: { backchannel_logout_session_required: true },
  });
  const agent = new UserAgent(servers[0].issuer);
  const { url, codeVerifier } = authorizationRequest(servers[0].issuer, client);
  await redeemCode(servers[0].issuer, client, { code: await agent.codeOf(url, user), codeVerifier });
  return { agent, client, user };
}

const sessionOf = async ({ id }: TestUser): Promise<string> => {
  const page = await fixture.application.stores.sessions.list({ limit: 1, accountId: id });
  return page?.sessions[0]?.id ?? '';
};

test.each<[string, (user: TestUser, agent: UserAgent, client: TestClient) => Promise<unknown>]>([
  [
    'an administrator ends it',
    async (user) => endSession(fixture.application, { sessionId: await sessionOf(user) }),
  ],
  ['they are signed out everywhere', ({ id }) => signOutEverywhere(fixture.application, id)],
  ['everything of everybody is revoked', () => revokeEverything(fixture.application)],
  ['the account is disabled', ({ id }) => setAccountDisabled(fixture.application, id, true)],
  [
    'the person signs out',
    async (_user, agent, { clientId }) => {
      const page = await agent.open(`${servers[0].issuer}/session/end?client_id=${clientId}`);
      if (!page.page) throw new Error('There is no page to sign out at.');
      return agent.submit(formOf(page.page, '/session/end/confirm'), { logout: 'yes' });
    },
  ],
])(
  'an application is told that a session has ended when %s (Back-Channel Logout 1.0 §2.4)',
  async (_how, end) => {
    const receiver = new LogoutReceiver();
    const { agent, client, user } = await signedIn(await receiver.start());
    await end(user, agent, client);
    const [token] = await receiver.tokens(1);
    expect(token).toMatchObject({
      iss: servers[0].issuer,
      aud: client.clientId,
      sub: user.id,
      sid: expect.any(String) as string,
      jti: expect.any(String) as string,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    });
    expect(token).not.toHaveProperty('nonce');
    await receiver.stop();
  },
);

test('who stays signed in reads so, and the way on leads to the account (RP-Initiated Logout 1.0 §2)', async () => {
  const { agent, user } = await signedIn('http://127.0.0.1:9/');
  const asked = await agent.open(`${servers[0].issuer}/session/end`);
  if (!asked.page) throw new Error('There is no page to sign out at.');
  const { page } = await agent.submit(formOf(asked.page, '/session/end/confirm'), {});
  expect(page?.text).toContain('You are still signed in');
  expect(page?.text).toContain(user.email);
  expect(page?.text).toContain('<a class="button" href="/account">');
});

test('an application that was down is told when it comes back, also by another instance', async () => {
  const away = new LogoutReceiver();
  const uri = await away.start();
  await away.stop();
  const { user, client } = await signedIn(uri);
  await endSession(fixture.application, { sessionId: await sessionOf(user) });
  const waiting = async () => {
    const { stdout } = await latchkey(servers[0], ['logout', 'list', '--json']);
    return (
      JSON.parse(stdout) as { client_id: string; state: string; attempts: number; last_failure: string }[]
    ).find(({ client_id }) => client_id === client.clientId);
  };
  await Promise.race(servers.map((server) => server.printed(/back-channel logout failed/)));
  expect(await waiting()).toMatchObject({ state: 'pending', last_failure: 'ECONNREFUSED' });
  const back = new LogoutReceiver();
  await back.start(Number(new URL(uri).port));
  expect((await back.tokens(1))[0]).toMatchObject({ sub: user.id });
  await back.stop();
});

test('an application that never answers well is given up, told of in the audit log, and can be asked again', async () => {
  const receiver = new LogoutReceiver();
  receiver.status = 500;
  const { user, client } = await signedIn(await receiver.start());
  const { logoutQueue } = fixture.application.stores;
  await endSession(fixture.application, { sessionId: await sessionOf(user) });
  await receiver.asked();
  const find = async (state: 'pending' | 'dead') => {
    const page = await logoutQueue.list({ limit: 200, state });
    return page?.deliveries.find(({ clientId }) => clientId === client.clientId);
  };
  const dead = async () => {
    for (;;) {
      const found = await find('dead');
      if (found) return found;
      // Each try comes at once, as if its wait were over; one that is under way is left alone.
      await fixture.application.database
        .knex('logout_deliveries')
        .whereNotNull('last_failure')
        .whereRaw("next_attempt_at > now() + interval '70 seconds' or attempts < 3")
        .update({ next_attempt_at: new Date(0) });
      await fixture.application.database.knex.raw("select pg_notify('latchkey_changes', 'logout:')");
      await setTimeout(50);
    }
  };
  const { id, attempts, lastFailure } = await dead();
  expect([attempts, lastFailure]).toEqual([9, 'HTTP 500']);
  const { events } = await fixture.application.auditReader.list({ limit: 1, types: ['logout.undelivered'] });
  expect(events[0]).toMatchObject({
    subject: { id: user.id },
    clientId: client.clientId,
    details: { failure: 'HTTP 500' },
  });

  receiver.status = 200;
  await latchkey(servers[0], ['logout', 'retry', id]);
  expect((await receiver.tokens(1))[0]).toMatchObject({ sub: user.id });
  await receiver.stop();
});
