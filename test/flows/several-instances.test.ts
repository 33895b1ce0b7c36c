import {
  authorizationRequest,
  closeConnections,
  redeemCode,
  refresh,
  send,
  tokensOf,
  userinfo,
} from '../support/relying-party-requests.js';
import { codeIn, formOf, UserAgent } from '../support/relying-party-user-agent.js';
import { describeBehindNginx, startNginx, type Nginx } from '../support/nginx.js';
import { openFixture, type Fixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { freePort, startServer, type TestServer } from '../support/server.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

/** Flows that run at the same time, each of a person of their own. */
const PEOPLE = 4;
const FLOWS = 500;
/** Every so manieth flow begins with a password; its hash takes longer than all the rest. */
const WITH_PASSWORD = 25;

describeBehindNginx('two instances behind nginx, on one database', () => {
  let database: TestDatabase;
  let publicPort: number;
  let nginx: Nginx;
  let fixture: Fixture;
  let client: TestClient;
  let people: readonly TestUser[];
  const instances: TestServer[] = [];

  const startInstance = (port: number): Promise<TestServer> =>
    startServer({
      databaseUrl: database.url,
      port,
      env: {
        ISSUER: `http://localhost:${publicPort}`,
        TRUSTED_PROXIES: 'loopback',
        // Longer than any test; whoever takes an instance out says when it may go.
        DRAIN_SECONDS: '300',
      },
    });

  /** Sends requests to each of these in turn, as docs/scale.md has it. */
  const balance = (ports: readonly number[]): string => `
    upstream latchkey {
      ${ports.map((port) => `server 127.0.0.1:${port};`).join(' ')}
      keepalive 16;
    }
    server {
      listen ${publicPort};
      # Clients of a test reuse no connections, so that none is closed while they do.
      keepalive_timeout 0;
      location / {
        proxy_pass http://latchkey;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_redirect off;
        proxy_buffer_size 16k;
        proxy_buffers 8 16k;
      }
    }`;

  beforeAll(async () => {
    database = await createTestDatabase();
    publicPort = await freePort();
    instances.push(await startInstance(await freePort()), await startInstance(await freePort()));
    nginx = await startNginx(balance(instances.map(({ port }) => port)));
    const [first] = instances;
    if (!first) throw new Error('There is no instance.');
    fixture = await openFixture(first);
    client = await fixture.client({ firstParty: false });
    people = await Promise.all(Array.from({ length: PEOPLE }, () => fixture.user()));
  });

  afterAll(async () => {
    closeConnections();
    await fixture.close();
    await nginx.stop();
    for (const instance of instances) {
      instance.terminate();
      await instance.printed(/"msg":"stopping"/);
      await instance.stop();
    }
    await database.drop();
  });

  const issuer = (): string => `http://localhost:${publicPort}`;

  /** A whole flow. @param agent signed in, or not yet */
  async function flow(agent: UserAgent, user: TestUser): Promise<void> {
    const request = authorizationRequest(issuer(), client, { prompt: 'consent' });
    let { page, url } = await agent.open(request.url);
    if (page?.text.includes('name="password"')) {
      const credentials = { username: user.email, password: user.password };
      ({ page, url } = await agent.submit(formOf(page, '/login'), credentials));
    }
    if (!page) throw new Error(`There was no page for consent, but ${url.href}.`);
    ({ url } = await agent.submit(formOf(page, '/consent'), { decision: 'allow' }));
    const code = codeIn(url);
    const tokens = tokensOf(await redeemCode(issuer(), client, { code, codeVerifier: request.codeVerifier }));
    const next = tokensOf(await refresh(issuer(), client, tokens.refreshToken));
    const claims = await userinfo(issuer(), next.accessToken);
    if (claims.status !== 200) throw new Error(`No claims, but ${claims.status}: ${claims.text}`);
  }

  const served = (instance: TestServer | undefined): number =>
    instance?.stdout().match(/"msg":"request"/g)?.length ?? 0;

  it('serve each request of a flow by turns', async () => {
    const [user] = people;
    if (!user) throw new Error('There is nobody.');
    const before = instances.map(served);
    for (let round = 0; round < 3; round += 1) await flow(new UserAgent(issuer()), user);
    const [first = 0, second = 0] = instances.map(
      (instance, index) => served(instance) - (before[index] ?? 0),
    );
    expect(first).toBeGreaterThanOrEqual(12);
    expect(Math.abs(first - second)).toBeLessThanOrEqual(2);
  });

  it('are restarted one after the other, and not one of 500 flows fails', async () => {
    let begun = 0;
    let restarted = false;
    const failures: string[] = [];
    const walk = async (user: TestUser): Promise<void> => {
      let agent = new UserAgent(issuer());
      while (begun < FLOWS || !restarted) {
        begun += 1;
        if (begun % WITH_PASSWORD === 0) agent = new UserAgent(issuer());
        await flow(agent, user).catch((error: unknown) => {
          failures.push(error instanceof Error ? error.message : String(error));
        });
      }
    };
    const restart = async (): Promise<void> => {
      for (const [index, instance] of [...instances].entries()) {
        const others = instances.filter((other) => other !== instance).map(({ port }) => port);
        instance.terminate();
        // What a load balancer does: it asks whether the instance is ready, and takes it out.
        await instance.printed(/"msg":"stopping"/);
        expect((await send(`${instance.url}/healthz/ready`)).status).toBe(503);
        await nginx.configure(balance(others));
        instance.terminate();
        expect((await instance.ended).exitCode).toBe(0);

        const fresh = await startInstance(instance.port);
        instances[index] = fresh;
        expect((await send(`${fresh.url}/healthz/ready`)).status).toBe(200);
        await nginx.configure(balance(instances.map(({ port }) => port)));
      }
      restarted = true;
    };
    await Promise.all([...people.map(walk), restart()]);
    expect(failures).toEqual([]);
    expect(begun).toBeGreaterThanOrEqual(FLOWS);
    for (const instance of instances) {
      expect(served(instance)).toBeGreaterThan(0);
      expect(instance.stdout()).not.toMatch(/"level":50/);
    }
  }, 300_000);
});
