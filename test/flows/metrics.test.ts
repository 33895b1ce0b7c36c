import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  authorizationRequest,
  closeConnections,
  postForm,
  redeemCode,
  refresh,
  send,
  tokensOf,
} from '../support/relying-party-requests.js';
import { formOf, UserAgent } from '../support/relying-party-user-agent.js';
import { readFigures, type Figures } from '../support/figures.js';
import { openFixture, type Fixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { PROJECT } from '../support/server-process.js';
import { freePort, startServer, type TestServer } from '../support/server.js';

const TOKEN = 'metrics-reader-0123456789';

let server: TestServer;
let fixture: Fixture;
let user: TestUser;
let app: TestClient;

beforeAll(async () => {
  server = await startServer();
  fixture = await openFixture(server);
  user = await fixture.user();
  app = await fixture.client();
});

afterAll(async () => {
  closeConnections();
  await fixture.close();
  await server.stop();
});

const figures = (): Promise<Figures> => readFigures(server.url);
/** How much a figure grew while something was done; a counter appears with its first count. */
async function growth(
  work: () => Promise<unknown>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number> {
  const before = (await figures()).sum(name, labels) ?? 0;
  await work();
  return ((await figures()).sum(name, labels) ?? 0) - before;
}

/** Signs in and redeems the code. @returns the tokens, and the code, which is used up */
async function signIn(agent = new UserAgent(server.issuer)) {
  const request = authorizationRequest(server.issuer, app);
  const code = await agent.codeOf(request.url, user);
  const tokens = tokensOf(await redeemCode(server.issuer, app, { code, codeVerifier: request.codeVerifier }));
  return { ...tokens, code, codeVerifier: request.codeVerifier };
}

describe('sign-ins', () => {
  it('are counted by outcome and method', async () => {
    const labels = { method: 'password', outcome: 'succeeded' };
    expect(await growth(signIn, 'latchkey_sign_ins_total', labels)).toBe(1);
    expect(await growth(signIn, 'latchkey_events_total', { type: 'sign_in.succeeded' })).toBe(1);
  });

  it('that fail are counted by their reason', async () => {
    const fail = async () => {
      const agent = new UserAgent(server.issuer);
      const { page } = await agent.open(authorizationRequest(server.issuer, app).url);
      if (!page) throw new Error('There is no login form.');
      await agent.post(formOf(page, '/login'), { username: user.email, password: 'not the one' });
    };
    const labels = { method: 'password', outcome: 'failed', reason: 'wrong_password' };
    expect(await growth(fail, 'latchkey_sign_ins_total', labels)).toBe(1);
  });

  it('that are refused unseen, because there were too many, are counted', async () => {
    const victim = await fixture.user();
    const tries = async () => {
      for (let attempt = 0; attempt < 12; attempt += 1) {
        const agent = new UserAgent(server.issuer);
        const { page } = await agent.open(authorizationRequest(server.issuer, app).url);
        if (!page) throw new Error('There is no login form.');
        await agent.post(formOf(page, '/login'), { username: victim.email, password: 'not the one' });
      }
    };
    expect(await growth(tries, 'latchkey_throttled_attempts_total')).toBe(2);
  });
});

describe('token requests', () => {
  const NAME = 'latchkey_token_requests_total';

  it('are counted by grant type', async () => {
    const { refreshToken } = await signIn();
    expect(await growth(signIn, NAME, { grant_type: 'authorization_code', outcome: 'issued' })).toBe(1);
    const renew = () => refresh(server.issuer, app, refreshToken);
    expect(await growth(renew, NAME, { grant_type: 'refresh_token', outcome: 'issued' })).toBe(1);
  });

  it('are counted by what was refused, also where another request came first', async () => {
    const { code, codeVerifier } = await signIn();
    const replay = () => redeemCode(server.issuer, app, { code, codeVerifier });
    expect(await growth(replay, NAME, { grant_type: 'authorization_code', outcome: 'invalid_grant' })).toBe(
      1,
    );

    const request = authorizationRequest(server.issuer, app);
    const fresh = await new UserAgent(server.issuer).codeOf(request.url, user);
    const race = () =>
      Promise.all(
        [1, 2, 3, 4].map(() =>
          redeemCode(server.issuer, app, { code: fresh, codeVerifier: request.codeVerifier }),
        ),
      );
    expect(await growth(race, NAME, { grant_type: 'authorization_code', outcome: 'invalid_grant' })).toBe(3);
  });

  it('are counted by grant type also where it is off', async () => {
    for (const [grantType, counted] of [
      ['urn:ietf:params:oauth:grant-type:jwt-bearer', 'jwt_bearer'],
      ['urn:ietf:params:oauth:grant-type:token-exchange', 'token_exchange'],
      ['urn:openid:params:grant-type:ciba', 'ciba'],
    ] as const) {
      const ask = () =>
        postForm(`${server.issuer}/token`, { grant_type: grantType, client_id: app.clientId });
      expect(await growth(ask, NAME, { grant_type: counted })).toBe(1);
    }
  });

  it('of grant types that nobody knows are counted together', async () => {
    const ask = async () => {
      for (const grantType of ['urn:x:one', 'urn:x:two', 'password']) {
        await postForm(`${server.issuer}/token`, { grant_type: grantType, client_id: app.clientId });
      }
    };
    expect(await growth(ask, NAME, { grant_type: 'other' })).toBe(3);
    expect((await figures()).text).not.toContain('urn:x');
  });
});

describe('latency', () => {
  const COUNT = 'latchkey_http_request_duration_seconds_count';

  it('is told by route, and never by a path, a name or a token', async () => {
    const agent = new UserAgent(server.issuer);
    const { accessToken, code } = await signIn(agent);
    await send(`${server.issuer}/userinfo`, { headers: { authorization: `Bearer ${accessToken}` } });
    await send(`${server.issuer}/wp-login.php`);
    await send(`${server.issuer}/api/v1/users/${user.id}`);
    await send(`${server.issuer}/api/v1/nothing-here`);
    const { text, samples, sum } = await figures();
    const routes = new Set(samples.filter(({ name }) => name === COUNT).map(({ labels }) => labels['route']));
    expect([...routes]).toEqual(
      expect.arrayContaining([
        '/authorize',
        '/authorize/:uid',
        '/interaction/:uid/login',
        '/token',
        '/userinfo',
        '/metrics',
        '/api/v1/users/:id',
        '/api/v1{/*path}',
        'unmatched',
      ]),
    );
    expect(sum(COUNT, { route: '/userinfo', method: 'GET', status: '200' })).toBe(1);
    for (const secret of [accessToken, code, user.id, user.email, app.clientId, 'wp-login']) {
      expect(text).not.toContain(secret);
    }
  });

  it('has few names, whatever is asked for', async () => {
    const count = async () =>
      new Set((await figures()).samples.map(({ labels }) => JSON.stringify(labels))).size;
    const before = await count();
    for (let index = 0; index < 30; index += 1) {
      await send(`${server.issuer}/random-${index}/${index}`, { method: index % 2 ? 'GET' : 'PROPFIND' });
      await send(`${server.issuer}/interaction/made-up-${index}`);
    }
    // At most three new routes with their statuses, each with its buckets.
    expect((await count()) - before).toBeLessThan(60);
  });
});

describe('the state of the server', () => {
  it('is told', async () => {
    const { sum, text } = await figures();
    expect(sum('latchkey_build_info')).toBe(1);
    expect(text).toMatch(/latchkey_build_info\{version="\d+\.\d+\.\d+[^"]*",node="v\d+/);
    expect(sum('latchkey_database_up')).toBe(1);
    expect(sum('latchkey_redis_up')).toBeUndefined();
    expect(sum('latchkey_database_connections')).toBeGreaterThan(0);
    expect(sum('latchkey_database_connections_max')).toBe(10);
    expect(sum('latchkey_database_waiting_requests')).toBe(0);
    for (const lane of ['artifacts_find', 'artifacts_commit', 'accounts_find']) {
      expect(sum('latchkey_batch_lane_items', { lane })).toBe(0);
      expect(sum('latchkey_batch_lane_batches', { lane })).toBe(0);
    }
    expect(sum('latchkey_password_hashes', { state: 'waiting' })).toBe(0);
    for (const algorithm of ['RS256', 'ES256', 'EdDSA']) {
      expect(sum('latchkey_signing_keys', { algorithm, state: 'signing' })).toBe(1);
      expect(sum('latchkey_signing_key_age_seconds', { algorithm })).toBeGreaterThan(0);
    }
    expect(sum('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThanOrEqual(0);
    expect(sum('process_resident_memory_bytes')).toBeGreaterThan(0);
  });

  it('counts mails and logouts that wait or were given up', async () => {
    const { knex } = fixture.application.database;
    const now = new Date();
    const delivery = { client_id: 'nobody', account_id: user.id, created_at: now, state: 'dead' };
    await knex('logout_deliveries').insert({ ...delivery, next_attempt_at: now });
    const mail = { kind: 'notice', recipient_hash: Buffer.from('x'), attempts: 1, created_at: now };
    const times = { next_attempt_at: now, expires_at: now, settled_at: now };
    await knex('mail_outbox').insert({ id: user.id, ...mail, ...times, state: 'dead' });
    const { sum } = await figures();
    expect(sum('latchkey_logouts', { state: 'dead' })).toBe(1);
    expect(sum('latchkey_logouts', { state: 'pending' })).toBe(0);
    expect(sum('latchkey_mails', { state: 'dead' })).toBe(1);
  });
});

describe('what reads the metrics', () => {
  const read = (name: string): string => readFileSync(path.join(PROJECT, 'docs', 'monitoring', name), 'utf8');
  const asked = (text: string): readonly string[] => [
    ...new Set(text.match(/\b(latchkey|nodejs|process)_[a-z0-9_]+/g) ?? []),
  ];

  it.each(['dashboard.json', 'alerts.yaml'])('asks for nothing that is not there (%s)', async (name) => {
    const { text } = await figures();
    const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, metric = '', type]) =>
      type === 'histogram' ? [`${metric}_bucket`, `${metric}_count`, `${metric}_sum`] : [metric],
    );
    expect(asked(read(name)).length).toBeGreaterThan(10);
    expect(types).toEqual(expect.arrayContaining(asked(read(name))));
  });

  it('shows every metric of the product in the dashboard', async () => {
    const { text } = await figures();
    const own = [...text.matchAll(/^# TYPE (latchkey_\S+) /gm)].map(([, metric = '']) => metric);
    const shown = asked(read('dashboard.json')).map((metric) => metric.replace(/_(bucket|count|sum)$/, ''));
    expect(shown).toEqual(expect.arrayContaining(own));
  });
});

describe('who may read them', () => {
  it('is nobody in production, unless something is configured', async () => {
    const metricsPort = await freePort();
    const production = {
      NODE_ENV: 'production',
      ISSUER: 'https://id.example.test',
      HOST: '127.0.0.1',
      METRICS_PORT: String(metricsPort),
      METRICS_TOKEN: TOKEN,
    };
    const headers = { authorization: `Bearer ${TOKEN}` };
    const guarded = await startServer({ databaseUrl: server.databaseUrl, env: production });
    expect((await send(`${guarded.url}/metrics`)).status).toBe(401);
    expect((await readFigures(guarded.url, { headers })).sum('latchkey_build_info')).toBe(1);
    expect((await send(`http://127.0.0.1:${metricsPort}/metrics`)).status).toBe(401);
    expect(
      (await readFigures(`http://127.0.0.1:${metricsPort}`, { headers })).sum('latchkey_database_up'),
    ).toBe(1);
    await guarded.stop();

    const { METRICS_PORT: _port, METRICS_TOKEN: _token, ...silent } = production;
    const closed = await startServer({ databaseUrl: server.databaseUrl, env: silent });
    const answer = await send(`${closed.url}/metrics`, { headers: { ...headers, host: 'id.example.test' } });
    expect(answer.status).toBe(404);
    await closed.stop();
  });
});
