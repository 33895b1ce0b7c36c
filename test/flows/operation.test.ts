import { createPublicKey, verify } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { latchkey, runCommand } from '../support/cli.js';
import {
  authorizationRequest,
  closeConnections,
  json,
  redeemCode,
  send,
  tokensOf,
} from '../support/relying-party-requests.js';
import { UserAgent } from '../support/relying-party-user-agent.js';
import {
  openFixture,
  PASSWORD,
  REDIRECT_URI,
  type Fixture,
  type TestUser,
} from '../support/server-fixture.js';
import { linkDatabase } from '../support/server-database-link.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let fixture: Fixture;
let user: TestUser;

beforeAll(async () => {
  server = await startServer();
  fixture = await openFixture(server);
  user = await fixture.user();
});

afterAll(async () => {
  closeConnections();
  await fixture.close();
  await server.stop();
});

describe('health', () => {
  it('tells apart that the process runs and that it can serve (ASVS 5.0 V13.1)', async () => {
    const link = await linkDatabase(server.databaseUrl);
    const linked = await startServer({ databaseUrl: link.url });
    const status = async (path: string): Promise<number> => (await send(`${linked.issuer}${path}`)).status;
    const { url } = authorizationRequest(linked.issuer, await fixture.client());
    expect(await status('/healthz/live')).toBe(200);
    expect(await status('/healthz/ready')).toBe(200);
    expect((await send(url)).status).toBe(303);

    await link.cut();
    expect(await status('/healthz/ready')).toBe(503);
    expect(await status('/healthz/live')).toBe(200);
    const refused = await send(url);
    expect(refused.status).toBe(503);
    expect(refused.headers['retry-after']).toMatch(/^\d+$/);
    expect(refused.text).toContain('Not available right now');

    await link.restore();
    expect(await status('/healthz/ready')).toBe(200);
    expect((await send(url)).status).toBe(303);
    expect((await linked.stop()).exitCode).toBe(0);
    await link.close();
  });
});

describe('SIGTERM', () => {
  it('lets the request under way end, takes no new one, and ends with 0', async () => {
    const draining = await startServer({ databaseUrl: server.databaseUrl });
    const body = 'grant_type=client_credentials';
    const socket = connect({ host: '127.0.0.1', port: draining.port }).setEncoding('utf8');
    await once(socket, 'connect');
    let answer = '';
    socket.on('data', (chunk: string) => (answer += chunk));
    socket.write(
      [
        'POST /token HTTP/1.1',
        `Host: localhost:${draining.port}`,
        'Content-Type: application/x-www-form-urlencoded',
        `Content-Length: ${body.length}`,
        'Expect: 100-continue',
        ...['', ''],
      ].join('\r\n'),
    );
    // The server has begun with the request when it asks for the rest of it.
    await once(socket, 'data');
    draining.terminate();
    await draining.printed(/"msg":"stopping"/);
    expect(await refusal(`${draining.url}/healthz/ready`)).toMatch(/^(ECONNREFUSED|ECONNRESET|503)$/);

    const closed = once(socket, 'close');
    socket.write(body);
    await closed;
    expect(answer).toContain('HTTP/1.1 400 Bad Request');
    expect(answer).toContain('invalid_request');
    const ended = await draining.ended;
    expect(ended.exitCode).toBe(0);
    expect(ended.stdout).toContain(`"msg":"stopped"`);
  });

  it('serves on for DRAIN_SECONDS, not ready and over no connection twice, or until told again', async () => {
    const leaving = await startServer({ databaseUrl: server.databaseUrl, env: { DRAIN_SECONDS: '300' } });
    expect((await send(`${leaving.url}/healthz/ready`)).headers.connection).toBe('keep-alive');
    leaving.terminate();
    await leaving.printed(/"msg":"stopping"/);
    const ready = await send(`${leaving.url}/healthz/ready`);
    expect([ready.status, ready.headers.connection]).toEqual([503, 'close']);
    const served = await send(`${leaving.url}/.well-known/openid-configuration`);
    expect([served.status, served.headers.connection]).toEqual([200, 'close']);
    expect((await leaving.stop()).exitCode).toBe(0);
  });

  it('ends an idle server at once, with 0', async () => {
    const idle = await startServer({ databaseUrl: server.databaseUrl });
    await send(`${idle.url}/healthz/live`);
    expect((await idle.stop()).exitCode).toBe(0);
  });
});

describe('the command line beside a running server', () => {
  const redeemNothing = async (clientId: string, clientSecret: string) =>
    json(
      await redeemCode(
        server.issuer,
        { clientId, clientSecret, redirectUri: REDIRECT_URI },
        { code: 'nothing', codeVerifier: 'a'.repeat(43) },
      ),
    )['error'];

  it('makes, changes and deletes clients, and the server knows at once', async () => {
    const made = await latchkey(server, [
      ...[
        'client',
        'create',
        '--name',
        'Shop',
        '--type',
        'web',
        '--redirect-uri',
        REDIRECT_URI,
        '--first-party',
      ],
    ]);
    const clientId = made.field('client_id');
    const client = { clientId, clientSecret: made.field('client_secret'), redirectUri: REDIRECT_URI };
    const code = await new UserAgent(server.issuer).codeOf(
      authorizationRequest(server.issuer, client).url,
      user,
    );
    expect(code).not.toBe('');
    expect(await redeemNothing(clientId, client.clientSecret)).toBe('invalid_grant');

    const rotated = await latchkey(server, ['client', 'rotate-secret', clientId]);
    expect(await redeemNothing(clientId, client.clientSecret)).toBe('invalid_client');
    expect(await redeemNothing(clientId, rotated.field('client_secret'))).toBe('invalid_grant');

    const { url } = authorizationRequest(server.issuer, client);
    expect((await new UserAgent(server.issuer).open(url)).page?.text).toContain('to continue to <bdi>Shop');
    await latchkey(server, ['client', 'update', clientId, '--name', 'Market']);
    expect((await new UserAgent(server.issuer).open(url)).page?.text).toContain('to continue to <bdi>Market');

    await latchkey(server, ['client', 'delete', clientId]);
    expect((await new UserAgent(server.issuer).open(url)).page?.text).toContain('This app is not known here');
    expect(await redeemNothing(clientId, rotated.field('client_secret'))).toBe('invalid_client');
  });

  it('makes and disables users, and the server knows at once', async () => {
    const create = ['user', 'create', '--email', 'grace@example.test', '--password-stdin'];
    const id = (await latchkey(server, create, `${PASSWORD}\n`)).field('id');
    const grace = { id, email: 'grace@example.test', password: PASSWORD };
    const client = await fixture.client();
    const agent = new UserAgent(server.issuer);
    const request = authorizationRequest(server.issuer, client);
    const code = await agent.codeOf(request.url, grace);
    await latchkey(server, ['user', 'disable', id]);
    const redeemed = await redeemCode(server.issuer, client, { code, codeVerifier: request.codeVerifier });
    expect(json(redeemed)['error']).toBe('invalid_grant');
    const { url } = await agent.open(authorizationRequest(server.issuer, client, { prompt: 'none' }).url);
    expect(url.searchParams.get('error')).toBe('login_required');
  });

  it('answers with 2 and a hint when it is not understood', async () => {
    const result = await runCommand(server.env, ['user', 'crate']);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toMatch(/Did you mean create\?/);
  });

  it('rotates the signing keys: new ones sign, and what old ones signed still verifies (OIDC Core §10.1.1)', async () => {
    const client = await fixture.client();
    const idToken = async (): Promise<string> => {
      const request = authorizationRequest(server.issuer, client);
      const code = await new UserAgent(server.issuer).codeOf(request.url, user);
      return tokensOf(await redeemCode(server.issuer, client, { code, codeVerifier: request.codeVerifier }))
        .idToken;
    };
    const before = await keys();
    const old = await idToken();
    expect(verifies(old, before)).toBe(true);

    const seen = server.stdout().length;
    await latchkey(server, ['key', 'rotate']);
    await server.printed(new RegExp(`^[^]{${seen},}"count":6,"msg":"signing keys changed"`));
    const after = await keys();
    expect(after).toHaveLength(before.length * 2);
    expect(verifies(old, after)).toBe(true);
    // Whoever verifies has an hour to learn of the new ones.
    expect(verifies(await idToken(), before)).toBe(true);

    const told = server.stdout().length;
    await latchkey(server, ['key', 'rotate', '--now']);
    await server.printed(new RegExp(`^[^]{${told},}"count":6,"msg":"signing keys changed"`));
    expect(verifies(old, await keys())).toBe(true);
    const fresh = await idToken();
    expect(verifies(fresh, before)).toBe(false);
    expect(verifies(fresh, after)).toBe(true);
  });
});

/** How a server that stops refuses a request. */
async function refusal(url: string): Promise<string> {
  return send(url).then(
    ({ status }) => String(status),
    (error: unknown) => String((error as { code?: unknown }).code),
  );
}

type PublicKey = Readonly<Record<string, string>>;

async function keys(): Promise<readonly PublicKey[]> {
  const { keys: published } = json(await send(`${server.issuer}/jwks`)) as { keys: readonly PublicKey[] };
  expect(
    published.flatMap((key) => Object.keys(key)).filter((name) => ['d', 'p', 'q'].includes(name)),
  ).toEqual([]);
  return published;
}

/** Whether one of the keys has signed the token by RS256. @see RFC 7515 §5.2 */
function verifies(token: string, published: readonly PublicKey[]): boolean {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const { kid, alg } = JSON.parse(Buffer.from(header, 'base64url').toString()) as PublicKey;
  expect(alg).toBe('RS256');
  const key = published.find((candidate) => candidate['kid'] === kid);
  return (
    key !== undefined &&
    verify(
      'sha256',
      Buffer.from(`${header}.${payload}`),
      createPublicKey({ key, format: 'jwk' }),
      Buffer.from(signature, 'base64url'),
    )
  );
}
