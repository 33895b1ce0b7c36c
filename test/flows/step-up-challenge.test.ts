import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as openid from 'openid-client';
import { setUpAuthenticator } from '../support/authenticator.js';
import { basic, closeConnections, json, postForm, send } from '../support/relying-party-requests.js';
import { formOf, UserAgent } from '../support/relying-party-user-agent.js';
import { openFixture, REDIRECT_URI, type Fixture, type TestClient } from '../support/server-fixture.js';
import { PROJECT } from '../support/server-process.js';
import { freePort, startServer, type TestServer } from '../support/server.js';

const SFA = 'https://refeds.org/profile/sfa';
const MFA = 'https://refeds.org/profile/mfa';
const JWT_API = 'https://api.example.com';
const OPAQUE_API = 'https://opaque.example.com';
const CONFIG = `
scopes:
  - { name: 'invoices:read', description: See and pay invoices }
resources:
  - { identifier: ${JWT_API}, scopes: [invoices:read] }
  - { identifier: ${OPAQUE_API}, scopes: [invoices:read], access_token_format: opaque, introspection_clients: [opaque-api] }
`;

let server: TestServer;
let fixture: Fixture;
let folder: string;
let app: TestClient;
let config: openid.Configuration;
/** Where the APIs listen. */
const apis = new Map<string, string>();
const running: ChildProcess[] = [];

beforeAll(async () => {
  // Within the project, so that the programs find its packages.
  const cache = path.join(PROJECT, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  folder = await mkdtemp(path.join(cache, 'step-up-'));
  await writeFile(path.join(folder, 'latchkey.yaml'), CONFIG);
  server = await startServer({ env: { CONFIG: path.join(folder, 'latchkey.yaml') } });
  fixture = await openFixture(server);
  app = await fixture.client({ scopes: ['openid', 'invoices:read'], resources: [JWT_API, OPAQUE_API] });
  config = await openid.discovery(new URL(server.issuer), app.clientId, app.clientSecret, undefined, {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- so marked to stand out; the server is on loopback
    execute: [openid.allowInsecureRequests],
  });
  const { clientSecret } = await fixture.client({
    clientId: 'opaque-api',
    type: 'service',
    redirectUris: [],
    firstParty: false,
  });
  const example = path.join(PROJECT, 'examples/resource-server/server.mjs');
  apis.set(JWT_API, await run(example, { AUDIENCE: JWT_API }));
  apis.set(
    OPAQUE_API,
    await run(example, { AUDIENCE: OPAQUE_API, CLIENT_ID: 'opaque-api', CLIENT_SECRET: clientSecret }),
  );
});

afterAll(async () => {
  for (const program of running) program.kill();
  closeConnections();
  await fixture.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

/** Starts an API, and waits until it says that it is ready. @returns where it listens */
async function run(file: string, env: Readonly<Record<string, string>>): Promise<string> {
  const port = String(await freePort());
  const program = spawn(process.execPath, [file], {
    env: { PATH: process.env['PATH'] ?? '', ISSUER: server.issuer, PORT: port, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(program);
  await once(program.stdout, 'data');
  return `http://localhost:${port}`;
}

/** The programs of a page, by the name in their first line. */
async function programsOf(page: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(path.join(PROJECT, 'docs', page), 'utf8');
  const found = [...text.matchAll(/```js\n\/\/ (\S+\.mjs)\n([\s\S]*?)```/g)];
  return new Map(found.map(([, name = '', code = '']) => [name, code]));
}

/** Asks for tokens as openid-client does. @param visit goes where it is told to, and comes back with the code */
async function authorize(
  resource: string,
  visit: (url: string) => Promise<URL>,
  more: Readonly<Record<string, string>> = {},
  options?: { readonly DPoP: openid.DPoPHandle },
): Promise<openid.TokenEndpointResponse & openid.TokenEndpointResponseHelpers> {
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const expectedState = openid.randomState();
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT_URI,
    scope: 'openid invoices:read',
    resource,
    state: expectedState,
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...more,
  });
  const checks = { pkceCodeVerifier, expectedState };
  return openid.authorizationCodeGrant(config, await visit(url.href), checks, { resource }, options);
}

/** The challenge with which a call is refused. */
async function challengeOf(call: Promise<unknown>): Promise<openid.WWWAuthenticateChallenge> {
  const error: unknown = await call.then(() => undefined).catch((reason: unknown) => reason);
  if (!(error instanceof openid.WWWAuthenticateChallengeError))
    throw new Error(`No challenge: ${String(error)}`);
  const [challenge] = error.cause;
  if (!challenge) throw new Error('An empty challenge.');
  return challenge;
}

const call = (
  api: string,
  token: string,
  [method, place]: readonly [string, string],
  options?: openid.DPoPOptions,
) =>
  openid.fetchProtectedResource(
    config,
    token,
    new URL(place, apis.get(api)),
    method,
    null,
    undefined,
    options,
  );

describe.each([
  ['checks JWT access tokens', JWT_API],
  ['introspects opaque ones', OPAQUE_API],
])('the example API that %s', (_how, api) => {
  it('asks for a second factor, gets it, and pays (RFC 9470 §3, §4, §6)', async () => {
    const user = await fixture.user();
    const agent = new UserAgent(server.issuer);
    const weak = await authorize(api, (url) => agent.signIn(url, user));
    const authenticator = await setUpAuthenticator(fixture, user);
    const listed = await call(api, weak.access_token, ['GET', '/invoices']);
    expect(await listed.json()).toEqual({ invoices: [], for: user.id });

    const { scheme, parameters } = await challengeOf(call(api, weak.access_token, ['POST', '/payments']));
    expect({ scheme, ...parameters }).toMatchObject({
      scheme: 'bearer',
      error: 'insufficient_user_authentication',
      acr_values: MFA,
      max_age: '300',
    });
    const { acr_values = '', max_age = '' } = parameters;
    const strong = await authorize(
      api,
      async (url) => {
        const asked = await agent.open(url);
        if (!asked.page) throw new Error('Nothing was asked of the person.');
        expect(asked.page.text).not.toContain('current-password');
        const form = formOf(asked.page, '/second-factor/totp');
        return (await agent.submit(form, { code: await authenticator.freshCode() })).url;
      },
      { acr_values, max_age },
    );
    expect(strong.claims()).toMatchObject({ acr: MFA });
    const paid = await call(api, strong.access_token, ['POST', '/payments']);
    expect(await paid.json()).toEqual({ paid: true, by: user.id });
  });

  it('takes tokens that are bound to a key, with a proof for each request (RFC 9449 §7)', async () => {
    const user = await fixture.user();
    const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair());
    const visit = (url: string) => new UserAgent(server.issuer).signIn(url, user);
    const { access_token: token } = await authorize(api, visit, {}, { DPoP });
    expect((await call(api, token, ['GET', '/invoices'], { DPoP })).status).toBe(200);
    const stepUp = await challengeOf(call(api, token, ['POST', '/payments'], { DPoP }));
    expect(stepUp).toMatchObject({ scheme: 'dpop', parameters: { acr_values: MFA } });
    expect(await challengeOf(call(api, token, ['GET', '/invoices']))).toMatchObject({
      scheme: 'bearer',
      parameters: { error: 'invalid_token' },
    });
    const other = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair());
    expect(await challengeOf(call(api, token, ['GET', '/invoices'], { DPoP: other }))).toMatchObject({
      scheme: 'dpop',
      parameters: { error: 'invalid_dpop_proof' },
    });
  });

  it('refuses what is no token, and one without the scope (RFC 6750 §3)', async () => {
    const answer = await send(`${apis.get(api) ?? ''}/invoices`, { headers: { accept: 'application/json' } });
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([
      401,
      'Bearer, DPoP algs="ES256 EdDSA PS256"',
    ]);
    const unknown = await challengeOf(call(api, 'nonsense', ['GET', '/invoices']));
    expect(unknown.parameters).toEqual({ error: 'invalid_token' });
    const user = await fixture.user();
    const visit = (url: string) => new UserAgent(server.issuer).signIn(url, user);
    const { access_token: scopeless } = await authorize(api, visit, { scope: 'openid' });
    const refused = await challengeOf(call(api, scopeless, ['GET', '/invoices']));
    expect(refused.parameters).toEqual({ error: 'insufficient_scope', scope: 'invoices:read' });
    const [elsewhere = ''] = [...apis.keys()].filter((one) => one !== api);
    const misled = await challengeOf(call(elsewhere, scopeless, ['GET', '/invoices']));
    expect(misled.parameters).toEqual({ error: 'invalid_token' });
  });
});

it('introspection tells how the person signed in, also after a refresh (RFC 9470 §6.2)', async () => {
  const user = await fixture.user();
  const tokens = await authorize(OPAQUE_API, (url) => new UserAgent(server.issuer).signIn(url, user));
  const { auth_time: authTime } = tokens.claims() ?? {};
  const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '', {
    resource: OPAQUE_API,
  });
  for (const { access_token: token } of [tokens, refreshed]) {
    const answer = await postForm(`${server.issuer}/introspect`, { token }, { headers: basic(app) });
    expect(json(answer)).toMatchObject({ active: true, acr: SFA, amr: ['pwd'], auth_time: authTime });
  }
});

describe('docs/step-up.md', () => {
  beforeAll(async () => {
    for (const [name, code] of await programsOf('step-up.md')) await writeFile(path.join(folder, name), code);
  });

  it.each(['koa-api.mjs', 'express-api.mjs'])(
    '%s asks for what is missing, as its client understands',
    async (name) => {
      const api = await run(path.join(folder, name), { AUDIENCE: JWT_API });
      const { callOrStepUp } = (await import(
        pathToFileURL(path.join(folder, 'step-up-client.mjs')).href
      )) as {
        readonly callOrStepUp: (
          config: openid.Configuration,
          token: string,
          url: URL,
          method: string,
        ) => Promise<{ readonly response?: Response; readonly ask?: Readonly<Record<string, string>> }>;
      };
      const user = await fixture.user();
      const visit = (url: string) => new UserAgent(server.issuer).signIn(url, user);
      const { access_token: token } = await authorize(JWT_API, visit);
      const asked = (method: string, place: string) =>
        callOrStepUp(config, token, new URL(place, api), method);
      expect(await (await asked('GET', '/invoices')).response?.json()).toEqual({
        invoices: [],
        for: user.id,
      });
      expect(await asked('POST', '/payments')).toEqual({ ask: { acr_values: MFA, max_age: '300' } });

      const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair());
      const bound = await authorize(JWT_API, visit, {}, { DPoP });
      await expect(
        callOrStepUp(config, bound.access_token, new URL('/invoices', api), 'GET'),
      ).rejects.toMatchObject({
        cause: [{ scheme: 'bearer', parameters: { error: 'invalid_token' } }],
      });

      const strong = await authorize(
        JWT_API,
        async (url) => {
          const authenticator = await setUpAuthenticator(fixture, user);
          const agent = new UserAgent(server.issuer);
          const { page: login } = await agent.open(url);
          const second = await agent.submit(formOf(login ?? fail(), '/login'), {
            username: user.email,
            password: user.password,
          });
          const form = formOf(second.page ?? fail(), '/second-factor/totp');
          return (await agent.submit(form, { code: await authenticator.freshCode() })).url;
        },
        { acr_values: MFA, max_age: '300' },
      );
      const paid = await callOrStepUp(config, strong.access_token, new URL('/payments', api), 'POST');
      expect(await paid.response?.json()).toEqual({ paid: true, by: user.id });
      const nobody = await send(`${api}/invoices`, { headers: { accept: 'application/json' } });
      expect([nobody.status, nobody.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    },
  );
});

function fail(): never {
  throw new Error('There is no page.');
}

test('the example goes on after a path that is none', async () => {
  const origin = new URL(apis.get(JWT_API) ?? '');
  const asked = get({ host: origin.hostname, port: origin.port, path: '//' });
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.resume();
  expect(answer.statusCode).toBe(404);
  expect((await send(`${origin.href}invoices`)).status).toBe(401);
});
