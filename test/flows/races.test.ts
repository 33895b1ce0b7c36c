import { Client } from 'pg';
import {
  authorizationRequest,
  basic,
  closeConnections,
  json,
  postForm,
  redeemCode,
  refresh,
  tokensOf,
  userinfo,
  type HttpAnswer,
} from '../support/relying-party-requests.js';
import { codeIn, formOf, UserAgent } from '../support/relying-party-user-agent.js';
import { openFixture, type Fixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { startSecondServer, startServer, type TestServer } from '../support/server.js';

const PARALLEL = 50;

let first: TestServer;
let second: TestServer;
let fixture: Fixture;
let database: Client;
let user: TestUser;
let client: TestClient;

beforeAll(async () => {
  first = await startServer();
  second = await startSecondServer(first);
  fixture = await openFixture(first);
  database = new Client({ connectionString: first.databaseUrl });
  await database.connect();
  user = await fixture.user();
  client = await fixture.client();
});

afterAll(async () => {
  closeConnections();
  await Promise.all([database.end(), fixture.close(), second.stop()]);
  await first.stop();
});

/** Sends the same request many times at once, by turns to either process. */
function everywhere(request: (via: string) => Promise<HttpAnswer>): Promise<readonly HttpAnswer[]> {
  return Promise.all(
    Array.from({ length: PARALLEL }, (_, index) => request(index % 2 === 0 ? first.url : second.url)),
  );
}

/** One success, every other an `invalid_grant`. @returns the success */
function expectOneWinner(answers: readonly HttpAnswer[]): HttpAnswer {
  const winners = answers.filter(({ status }) => status === 200);
  const others = answers.filter(({ status }) => status !== 200);
  expect(new Set(others.map((answer) => `${answer.status} ${String(json(answer)['error'])}`))).toEqual(
    new Set(['400 invalid_grant']),
  );
  expect(winners).toHaveLength(1);
  const [winner] = winners;
  if (!winner) throw new Error('Nobody won.');
  return winner;
}

/** Lets everything that was used up so far have been so for longer than requests run at the same time. */
async function letTimePass(): Promise<void> {
  await database.query("update artifacts set consumed_at = consumed_at - interval '11 seconds'");
}

async function signIn(to = client) {
  const agent = new UserAgent(first.issuer);
  const { url, codeVerifier } = authorizationRequest(first.issuer, to);
  return { agent, code: await agent.codeOf(url, user), codeVerifier };
}

describe('an authorization code that is redeemed many times at once, by two processes', () => {
  it('yields tokens once, and they stay valid (RFC 6749 §4.1.2)', async () => {
    const { code, codeVerifier } = await signIn();
    const answers = await everywhere((via) =>
      redeemCode(first.issuer, client, { code, codeVerifier }, { via }),
    );
    const tokens = tokensOf(expectOneWinner(answers));
    expect((await userinfo(first.issuer, tokens.accessToken, { via: second.url })).status).toBe(200);
    expect((await refresh(first.issuer, client, tokens.refreshToken)).status).toBe(200);
  });

  it('revokes what it yielded when it comes again later (RFC 6749 §4.1.2)', async () => {
    const { code, codeVerifier } = await signIn();
    const redeem = (): Promise<HttpAnswer> => redeemCode(first.issuer, client, { code, codeVerifier });
    const tokens = tokensOf(await redeem());
    const refreshed = tokensOf(await refresh(first.issuer, client, tokens.refreshToken));
    expect((await userinfo(first.issuer, refreshed.accessToken)).status).toBe(200);

    await letTimePass();
    const replayed = await redeem();
    expect(replayed.status).toBe(400);
    expect(json(replayed)).toMatchObject({ error: 'invalid_grant' });
    expect((await userinfo(first.issuer, tokens.accessToken, { via: second.url })).status).toBe(401);
    expect((await userinfo(first.issuer, refreshed.accessToken)).status).toBe(401);
    expect((await refresh(first.issuer, client, refreshed.refreshToken)).status).toBe(400);
  });
});

describe('a refresh token that is used many times at once, by two processes', () => {
  it('yields the same answer to all of them, since the first may be lost (FAPI 2.0 Security Profile §5.3.2.1)', async () => {
    const { refreshToken } = tokensOf(await redeemCode(first.issuer, client, await signIn()));
    const answers = await everywhere((via) => refresh(first.issuer, client, refreshToken, { via }));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map(({ text }) => JSON.stringify(JSON.parse(text)))).size).toBe(1);
    for (const { headers } of answers) expect(headers['cache-control']).toContain('no-store');
    const [answer] = answers;
    const tokens = tokensOf(answer as HttpAnswer);
    expect((await userinfo(first.issuer, tokens.accessToken, { via: second.url })).status).toBe(200);
    expect((await refresh(first.issuer, client, tokens.refreshToken)).status).toBe(200);
  });

  it('revokes its family when the client has gone on from the answer (RFC 9700 §4.14.2)', async () => {
    const original = tokensOf(await redeemCode(first.issuer, client, await signIn()));
    const rotated = tokensOf(await refresh(first.issuer, client, original.refreshToken));
    const latest = tokensOf(await refresh(first.issuer, client, rotated.refreshToken));
    const replayed = await refresh(first.issuer, client, original.refreshToken, { via: second.url });
    expect([replayed.status, json(replayed)['error']]).toEqual([400, 'invalid_grant']);
    expect((await refresh(first.issuer, client, latest.refreshToken)).status).toBe(400);
    expect((await userinfo(first.issuer, latest.accessToken)).status).toBe(401);
    const { events } = await fixture.application.auditReader.list({ limit: 2, subjectId: user.id });
    expect(events.map(({ type }) => type).sort()).toEqual(['grant.revoked', 'refresh_token.replayed']);
  });

  it('refuses another question by the same token, and leaves the first answer alone', async () => {
    const original = tokensOf(await redeemCode(first.issuer, client, await signIn()));
    const rotated = tokensOf(await refresh(first.issuer, client, original.refreshToken));
    const narrower = await postForm(
      `${first.issuer}/token`,
      { grant_type: 'refresh_token', refresh_token: original.refreshToken, scope: 'openid' },
      { headers: basic(client) },
    );
    expect([narrower.status, json(narrower)['error']]).toEqual([400, 'invalid_grant']);
    expect((await refresh(first.issuer, client, rotated.refreshToken)).status).toBe(200);
  });

  it('gives the answer to nobody else', async () => {
    const original = tokensOf(await redeemCode(first.issuer, client, await signIn()));
    const rotated = tokensOf(await refresh(first.issuer, client, original.refreshToken));
    const other = await fixture.client();
    const stolen = await refresh(first.issuer, other, original.refreshToken);
    expect([stolen.status, json(stolen)['error']]).toEqual([400, 'invalid_grant']);
    expect((await refresh(first.issuer, client, rotated.refreshToken)).status).toBe(200);
  });

  it('revokes its family when it comes again later (RFC 9700 §4.14.2)', async () => {
    const original = tokensOf(await redeemCode(first.issuer, client, await signIn()));
    const rotated = tokensOf(await refresh(first.issuer, client, original.refreshToken));
    expect(rotated.refreshToken).not.toBe(original.refreshToken);

    await letTimePass();
    const replayed = await refresh(first.issuer, client, original.refreshToken);
    expect(json(replayed)).toMatchObject({ error: 'invalid_grant' });
    expect((await refresh(first.issuer, client, rotated.refreshToken, { via: second.url })).status).toBe(400);
    expect((await userinfo(first.issuer, rotated.accessToken)).status).toBe(401);
  });
});

describe('one session in many tabs, over two processes', () => {
  it('keeps the authorization of every app (ASVS 5.0 V7.2)', async () => {
    const { agent } = await signIn();
    const apps = await Promise.all(Array.from({ length: 8 }, () => fixture.client()));
    const held = await Promise.all(
      apps.map(async (app, index) => {
        const tab = agent.copy().through(index % 2 === 0 ? first.url : second.url);
        const { url, codeVerifier } = authorizationRequest(first.issuer, app, { prompt: 'none' });
        return { app, code: codeIn((await tab.open(url)).url), codeVerifier };
      }),
    );
    // A code is good only while its session knows the app that it was made for.
    const answers = await Promise.all(held.map((each) => redeemCode(first.issuer, each.app, each)));
    expect(answers.map(({ status }) => status)).toEqual(apps.map(() => 200));
  });

  it('stays ended when it is ended while apps ask for authorization (ASVS 5.0 V7.4.1)', async () => {
    const apps = await Promise.all(Array.from({ length: 6 }, () => fixture.client()));
    for (let round = 0; round < 5; round += 1) {
      const { agent, code, codeVerifier } = await signIn();
      const { refreshToken } = tokensOf(await redeemCode(first.issuer, client, { code, codeVerifier }));
      const { page } = await agent.open(`${first.issuer}/session/end`);
      if (!page) throw new Error('There is no logout page.');
      const tabs = apps.map((_, index) => agent.copy().through(index % 2 === 0 ? first.url : second.url));
      const [loggedOut] = await Promise.all([
        agent.copy().submit(formOf(page, '/session/end/confirm'), { logout: 'yes' }),
        ...apps.map(async (app, index) => {
          const { url } = authorizationRequest(first.issuer, app, { prompt: 'none' });
          await tabs[index]?.open(url);
        }),
      ]);
      expect(loggedOut.page?.status).toBe(200);

      for (const browser of [agent, ...tabs]) {
        const { url } = authorizationRequest(first.issuer, client, { prompt: 'none' });
        expect((await browser.open(url)).url.searchParams.get('error')).toBe('login_required');
      }
      expect((await refresh(first.issuer, client, refreshToken)).status).toBe(400);
    }
  });
});

it('none of these processes has logged a failure', () => {
  expect(`${first.stdout()}${second.stdout()}`).not.toMatch(/"level":50/);
});
