import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { setAccountDisabled } from '../../src/domain/accounts/set-account-disabled.js';
import {
  describeWithRedis,
  startRedis,
  startRedisCluster,
  type RedisCluster,
  type RedisServer,
} from '../support/redis-server.js';
import { readFigures } from '../support/figures.js';
import {
  authorizationRequest,
  basic,
  closeConnections,
  json,
  postForm,
  redeemCode,
  refresh,
  send,
  tokensOf,
  userinfo,
  type HttpAnswer,
} from '../support/relying-party-requests.js';
import { formOf, UserAgent, type Arrival, type PageForm } from '../support/relying-party-user-agent.js';
import { openFixture, type Fixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { startInVain, startSecondServer, startServer, type TestServer } from '../support/server.js';

const PARALLEL = 20;

describeWithRedis('two instances with one Redis', () => {
  let redis: RedisServer;
  let first: TestServer;
  let second: TestServer;
  let fixture: Fixture;
  let database: Client;
  let client: TestClient;

  beforeAll(async () => {
    redis = await startRedis();
    first = await startServer({ env: { REDIS_URL: redis.url } });
    second = await startSecondServer(first);
    fixture = await openFixture(first);
    database = new Client({ connectionString: first.databaseUrl });
    await database.connect();
    client = await fixture.client();
  });

  afterAll(async () => {
    closeConnections();
    await Promise.all([database.end(), fixture.close(), second.stop()]);
    await first.stop();
    await redis.stop();
  });

  const everywhere = <Result>(ask: (via: string) => Promise<Result>): Promise<readonly Result[]> =>
    Promise.all(Array.from({ length: PARALLEL }, (_, index) => ask(index % 2 ? first.url : second.url)));

  const loginOf = async (
    agent: UserAgent,
    app = client,
  ): Promise<{ form: PageForm; codeVerifier: string }> => {
    const { url, codeVerifier } = authorizationRequest(first.issuer, app);
    return { form: formOf(pageOf(await agent.open(url)), '/login'), codeVerifier };
  };

  const tokensFor = async (user: TestUser) => {
    const { url, codeVerifier } = authorizationRequest(first.issuer, client);
    const code = await new UserAgent(first.issuer).codeOf(url, user);
    return tokensOf(await redeemCode(first.issuer, client, { code, codeVerifier }));
  };

  const modelsInPostgres = async (): Promise<readonly string[]> => {
    const { rows } = await database.query<{ model: string }>(
      'select distinct model from artifacts order by 1',
    );
    return rows.map(({ model }) => model);
  };

  it('serve a sign-in by turns, whose steps are in Redis and whose yield is in PostgreSQL', async () => {
    const user = await fixture.user();
    const agent = new UserAgent(first.issuer);
    const { form, codeVerifier } = await loginOf(agent);
    expect((await redis.entries()).filter(({ key }) => key.startsWith('latchkey:artifact:'))).toHaveLength(1);
    expect(await modelsInPostgres()).not.toContain('Interaction');

    const { url } = await agent
      .through(second.url)
      .submit(form, { username: user.email, password: user.password });
    const code = url.searchParams.get('code') ?? '';
    const tokens = tokensOf(await redeemCode(first.issuer, client, { code, codeVerifier }));
    const refreshed = tokensOf(await refresh(first.issuer, client, tokens.refreshToken, { via: second.url }));
    expect((await userinfo(first.issuer, refreshed.accessToken)).status).toBe(200);
    expect(await modelsInPostgres()).toEqual([
      'AccessToken',
      'AuthorizationCode',
      'Grant',
      'RefreshAnswer',
      'RefreshToken',
      'Session',
    ]);
  });

  it('take a pushed request once, however often it comes at once (RFC 9126 §4)', async () => {
    const user = await fixture.user();
    const agent = new UserAgent(first.issuer);
    await agent.signIn(authorizationRequest(first.issuer, client).url, user);
    const { url } = authorizationRequest(first.issuer, client);
    const pushed = await postForm(`${first.issuer}/par`, new URL(url).searchParams, {
      headers: basic(client),
    });
    const query = new URLSearchParams({
      client_id: client.clientId,
      request_uri: String(json(pushed)['request_uri']),
    });
    const answers = await everywhere((via) =>
      agent.copy().through(via).request(`${first.issuer}/authorize?${query.toString()}`),
    );
    const codes = answers.flatMap(({ headers: { location } }) =>
      location === undefined ? [] : [new URL(location).searchParams.get('code')].filter(Boolean),
    );
    expect(codes).toHaveLength(1);
    for (const { status } of answers) expect(status).toBeLessThan(500);
  });

  it('give the same answer to a refresh that comes many times at once (FAPI 2.0 Security Profile §5.3.2.1)', async () => {
    const { refreshToken } = await tokensFor(await fixture.user());
    const answers = await everywhere((via) => refresh(first.issuer, client, refreshToken, { via }));
    expect(
      new Set(answers.map(({ status, text }) => `${status} ${JSON.stringify(JSON.parse(text))}`)).size,
    ).toBe(1);
    expect(
      (await refresh(first.issuer, client, tokensOf(answers[0] as HttpAnswer).refreshToken)).status,
    ).toBe(200);
  });

  it('end a sign-in under way with its account, also when that is enabled again (ASVS 5.0 V7.4.2)', async () => {
    const user = await fixture.user();
    const stranger = await fixture.client({ firstParty: false });
    const consentOf = async (): Promise<{ agent: UserAgent; consent: PageForm }> => {
      const agent = new UserAgent(first.issuer);
      const { form } = await loginOf(agent, stranger);
      const credentials = { username: user.email, password: user.password };
      return { agent, consent: formOf(pageOf(await agent.submit(form, credentials)), '/consent') };
    };
    const before = await consentOf();
    const held = await tokensFor(user);
    await fixture.disable(user);
    await setAccountDisabled(fixture.application, user.id, false);

    const refused = await before.agent.through(second.url).post(before.consent, { decision: 'allow' });
    expect(refused.status).toBe(400);
    expect(refused.headers.location).toBeUndefined();
    expect((await refresh(first.issuer, client, held.refreshToken)).status).toBe(400);
    const after = await consentOf();
    const allowed = await after.agent.submit(after.consent, { decision: 'allow' });
    expect(allowed.url.searchParams.get('code')).not.toBeNull();
  });

  it('count guesses together (ASVS 5.0 V6.3.1)', async () => {
    const user = await fixture.user();
    const guess = async (via: string, password: string): Promise<HttpAnswer> => {
      const agent = new UserAgent(first.issuer, via);
      return agent.post((await loginOf(agent)).form, { username: user.email, password });
    };
    const answers = await everywhere((via) => guess(via, 'a wrong guess of the password'));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(PARALLEL - 10);
    expect((await guess(first.url, user.password)).status).toBe(429);
    expect(`${first.stdout()}${second.stdout()}`).not.toMatch(/"level":50/);
  });

  describe('while Redis is away', () => {
    const ready = async (): Promise<number> => (await send(`${first.url}/healthz/ready`)).status;

    it('answer 503 to who signs in, and go on when it is back (S77)', async () => {
      const user = await fixture.user();
      const tokens = await tokensFor(user);
      const begun = new UserAgent(first.issuer);
      const { form } = await loginOf(begun);
      const { url } = authorizationRequest(first.issuer, client);
      expect(await ready()).toBe(200);
      const before = await readFigures(first.url);
      expect(before.sum('latchkey_redis_up')).toBe(1);
      // The question whether it is up is one of them.
      expect(before.sum('latchkey_redis_waiting_commands')).toBeLessThanOrEqual(1);
      const COUNT = 'latchkey_redis_command_duration_seconds_count';
      expect(before.sum(COUNT, { outcome: 'answered' })).toBeGreaterThan(20);

      await redis.kill9();
      expect(await ready()).toBe(503);
      const away = await readFigures(first.url);
      expect(away.sum('latchkey_redis_up')).toBe(0);
      expect(away.sum(COUNT, { outcome: 'failed' })).toBeGreaterThan(0);
      expect((await send(`${first.url}/healthz/live`)).status).toBe(200);
      const page = await send(url);
      expect([page.status, page.headers['retry-after']]).toEqual([503, '5']);
      expect(page.text).toContain('Not available right now');
      const credentials = { username: user.email, password: user.password };
      expect((await begun.post(form, credentials)).status).toBe(503);
      // Those who are signed in notice nothing.
      const refreshed = await refresh(first.issuer, client, tokens.refreshToken);
      expect((await userinfo(first.issuer, tokensOf(refreshed).accessToken)).status).toBe(200);

      await redis.restart();
      while ((await ready()) !== 200) await delay(20);
      // The sign-in under way is lost, and says so; a new one succeeds.
      expect((await begun.post(form, credentials)).status).toBe(400);
      expect((await tokensFor(user)).accessToken).not.toBe('');
      expect(first.stdout()).toMatch(/"msg":"Redis cannot be reached; connecting again"/);
      expect(first.stdout()).toMatch(/"msg":"Redis answers again"/);
    });

    it('lose no sign-in under way to a Redis that was silent for a while', async () => {
      const user = await fixture.user();
      const begun = new UserAgent(first.issuer);
      const { form } = await loginOf(begun);
      const credentials = { username: user.email, password: user.password };
      redis.suspend();
      expect((await begun.post(form, credentials)).status).toBe(503);
      redis.goOn();
      while ((await ready()) !== 200) await delay(20);
      expect((await begun.submit(form, credentials)).url.searchParams.get('code')).not.toBeNull();
    });

    it('do not start, and say why in one line', async () => {
      const { exitCode, stderr } = await startInVain({
        ...first.env,
        PORT: '0',
        REDIS_URL: 'redis://:hunter22@127.0.0.1:1',
      });
      expect(exitCode).toBe(1);
      expect(stderr).toContain('Nothing listens at 127.0.0.1:1: start Redis');
      expect(stderr).not.toContain('hunter22');
    });
  });
});

describeWithRedis('an instance with a Redis Cluster', () => {
  let cluster: RedisCluster;
  let server: TestServer;
  let fixture: Fixture;
  let user: TestUser;
  let client: TestClient;

  beforeAll(async () => {
    cluster = await startRedisCluster({ replica: true });
    server = await startServer({ env: { REDIS_URL: cluster.url } });
    fixture = await openFixture(server);
    [user, client] = [await fixture.user(), await fixture.client({ firstParty: false })];
  });
  afterAll(async () => {
    closeConnections();
    await Promise.all([fixture.close(), server.stop()]);
    await cluster.stop();
  });

  const tokens = async () => {
    const { url, codeVerifier } = authorizationRequest(server.issuer, client);
    const code = await new UserAgent(server.issuer).codeOf(url, user);
    return tokensOf(await redeemCode(server.issuer, client, { code, codeVerifier }));
  };
  const ready = async (): Promise<boolean> => (await send(`${server.url}/healthz/ready`)).status === 200;

  it('signs people in, and refreshes', async () => {
    const { refreshToken } = await tokens();
    const once = await refresh(server.issuer, client, refreshToken);
    const again = await refresh(server.issuer, client, refreshToken);
    expect(json(again)).toEqual(json(once));
    expect(await ready()).toBe(true);
    expect(server.stdout()).not.toMatch(/"level":50/);
  });

  it('comes through a node that dies while people sign in: some of them begin again, nobody else notices', async () => {
    const { refreshToken } = await tokens();
    const begun = await Promise.all(
      Array.from({ length: 9 }, async () => {
        const agent = new UserAgent(server.issuer);
        const { page } = await agent.open(authorizationRequest(server.issuer, client).url);
        if (!page) throw new Error('There is no login form.');
        return { agent, form: formOf(page, '/login') };
      }),
    );
    await cluster.failOver();
    const refreshed = tokensOf(await refresh(server.issuer, client, refreshToken));
    expect((await userinfo(server.issuer, refreshed.accessToken)).status).toBe(200);

    while (!(await takesAll())) await delay(20);
    const answers = await Promise.all(
      begun.map(({ agent, form }) => agent.post(form, { username: user.email, password: user.password })),
    );
    expect(answers.map(({ status }) => status).filter((status) => ![200, 400].includes(status))).toEqual([]);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    for (const { status, text } of answers)
      if (status === 400) expect(text).toContain('This page is no longer valid');
    expect((await tokens()).accessToken).not.toBe('');
  });

  /** Whether each of its nodes answers; a key goes to any of them. */
  async function takesAll(): Promise<boolean> {
    for (let times = 0; times < 12; times += 1) if (!(await ready())) return false;
    return true;
  }
});

function pageOf({ page, url }: Arrival): HttpAnswer {
  if (!page) throw new Error(`There is no page, but ${url.href}`);
  return page;
}
