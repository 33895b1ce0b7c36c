import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import * as jose from 'jose';
import * as openid from 'openid-client';
import { registerClientCommands } from '../../src/cli/client-commands.js';
import { runCli } from '../../src/cli/run-cli.js';
import { createInitialAccessToken } from '../../src/domain/client-registration/create-initial-access-token.js';
import { expireUnusedClients } from '../../src/domain/client-registration/expire-unused-clients.js';
import { updateClient } from '../../src/domain/clients/update-client.js';
import { OPERATOR } from '../../src/domain/roles/grantor.js';
import type { JsonObject } from '../../src/domain/json.js';
import { escapeHtml } from '../../src/http/escape-html.js';
import { closeConnections, json, send } from '../support/relying-party-requests.js';
import { formOf, UserAgent } from '../support/relying-party-user-agent.js';
import { openFixture, REDIRECT_URI, type Fixture, type TestUser } from '../support/server-fixture.js';
import { startServer, type TestServer } from '../support/server.js';

const CONFIGURATION = `
client_registration: { mode: open, registrations_per_network: 1000, max_unused: 1000 }
`;

let folder: string;
let server: TestServer;
let fixture: Fixture;
let user: TestUser;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-flows-'));
  server = await startServer({ env: { CONFIG: await configurationFile('open', CONFIGURATION) } });
  fixture = await openFixture(server);
  user = await fixture.user();
});

afterAll(async () => {
  closeConnections();
  await fixture.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

async function configurationFile(name: string, content: string): Promise<string> {
  const file = path.join(folder, `${name}.yaml`);
  await writeFile(file, content);
  return file;
}

// eslint-disable-next-line @typescript-eslint/no-deprecated -- so marked to stand out; the server is on loopback
const options = { execute: [openid.allowInsecureRequests] };

const register = (
  metadata: Partial<openid.ClientMetadata>,
  initialAccessToken?: string,
): Promise<openid.Configuration> =>
  openid.dynamicClientRegistration(new URL(server.issuer), metadata, undefined, {
    ...options,
    ...(initialAccessToken !== undefined && { initialAccessToken }),
  });

interface Answer {
  readonly status: number;
  readonly body: JsonObject;
  readonly headers: Readonly<Record<string, unknown>>;
}

async function ask(
  method: string,
  url: string,
  {
    token,
    body,
    raw,
    type = 'application/json',
  }: {
    readonly token?: string | undefined;
    readonly body?: unknown;
    readonly raw?: string;
    readonly type?: string;
  } = {},
): Promise<Answer> {
  const answer = await send(url, {
    method,
    headers: {
      accept: 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined && raw === undefined ? {} : { 'content-type': type }),
    },
    ...(body === undefined && raw === undefined ? {} : { body: raw ?? JSON.stringify(body) }),
  });
  return {
    status: answer.status,
    body: answer.text === '' ? {} : (json(answer) as JsonObject),
    headers: answer.headers,
  };
}

const endpoint = (): string => `${server.issuer}/register`;
const post = (body: unknown, token?: string): Promise<Answer> => ask('POST', endpoint(), { body, token });
const text = (value: unknown): string => String(value);

const initialToken = async (
  input: Partial<Parameters<typeof createInitialAccessToken>[1]> = {},
): Promise<string> =>
  (await createInitialAccessToken(fixture.application, { name: 'Partner', grantor: OPERATOR, ...input }))
    .text;

async function signIn(config: openid.Configuration, scope: string, agent = new UserAgent(server.issuer)) {
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT_URI,
    scope,
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  });
  const callback = await agent.signIn(url.href, user);
  return openid.authorizationCodeGrant(config, callback, { pkceCodeVerifier });
}

test('an application registers itself and signs people in (RFC 7591 §3, OpenID Connect Dynamic Client Registration 1.0 §3)', async () => {
  const config = await register({
    client_name: 'Self-made',
    redirect_uris: [REDIRECT_URI],
    software_statement: 'left out, as everything that this provider does not know',
  });
  const { client_id: clientId, client_secret: secret } = config.clientMetadata();
  expect(secret).toMatch(/^lk_cs_/);
  const tokens = await signIn(config, 'openid email');
  expect(tokens.claims()?.sub).toBe(user.id);
  const stored = await fixture.application.clientDirectory.find(clientId);
  expect(stored).toMatchObject({ selfRegistered: true, firstParty: false, type: 'web', resources: [] });
  expect(JSON.stringify(stored)).not.toContain(secret);
});

test('the consent page says that nobody has looked at the application, and whatever it sends, it is not first-party', async () => {
  const answer = await post({ redirect_uris: [REDIRECT_URI], client_name: '<b>Shop</b>', first_party: true });
  expect([answer.status, answer.body['first_party']]).toEqual([201, undefined]);
  const config = await configurationOf(answer);
  const agent = new UserAgent(server.issuer);
  const { page } = await agent.open(
    openid.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT_URI,
      scope: 'openid',
      code_challenge: await openid.calculatePKCECodeChallenge(openid.randomPKCECodeVerifier()),
      code_challenge_method: 'S256',
    }).href,
  );
  if (!page) throw new Error('There is no page to sign in.');
  const consent = await agent.submit(formOf(page, '/login'), {
    username: user.email,
    password: user.password,
  });
  expect(consent.page?.text).toContain('class="notice"');
  expect(consent.page?.text).toContain(`<bdi>${escapeHtml('<b>Shop</b>')}</bdi>`);

  const clientId = text(answer.body['client_id']);
  await expect(
    updateClient(
      { ...fixture.application, declaredClientIds: new Set() },
      { clientId, changes: { firstParty: true } },
    ),
  ).rejects.toMatchObject({ faults: [{ code: 'first_party_self_registered' }] });
});

test('the kind of application follows from the metadata, and the answer says what was registered (RFC 7591 §2, §3.2.1)', async () => {
  const { publicKey } = await jose.generateKeyPair('ES256', { extractable: true });
  const jwks = { keys: [await jose.exportJWK(publicKey)] };
  const kinds = [
    [{ token_endpoint_auth_method: 'none', redirect_uris: [REDIRECT_URI] }, 'spa'],
    [{ token_endpoint_auth_method: 'none', redirect_uris: ['http://127.0.0.1/cb'] }, 'native'],
    [{ application_type: 'native', redirect_uris: ['com.example.app:/cb'] }, 'native'],
    [{ token_endpoint_auth_method: 'private_key_jwt', jwks, redirect_uris: [REDIRECT_URI] }, 'web'],
  ] as const;
  for (const [metadata, type] of kinds) {
    const { status, body } = await post(metadata);
    expect([status, body['client_secret']]).toEqual([201, undefined]);
    const stored = await fixture.application.clientDirectory.find(text(body['client_id']));
    expect([metadata, stored?.type]).toEqual([metadata, type]);
  }

  const { body } = await post({
    redirect_uris: [REDIRECT_URI],
    grant_types: ['authorization_code', 'refresh_token'],
    scope: 'openid email offline_access users:write unheard-of',
    contacts: ['a@example.test'],
    client_uri: 'https://app.example.test/',
    'client_name#de': 'anders',
  });
  expect(body).toEqual({
    client_id: expect.stringMatching(/^dyn-/) as string,
    client_id_issued_at: expect.any(Number) as number,
    client_secret: expect.stringMatching(/^lk_cs_/) as string,
    client_secret_expires_at: 0,
    registration_access_token: expect.stringMatching(/^lk_rat_/) as string,
    registration_client_uri: `${endpoint()}/${text(body['client_id'])}`,
    client_name: 'app.example.test',
    application_type: 'web',
    redirect_uris: [REDIRECT_URI],
    post_logout_redirect_uris: [],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_basic',
    scope: 'openid email offline_access',
    contacts: ['a@example.test'],
    client_uri: 'https://app.example.test/',
  });
});

test('an initial access token lets in as many as it says, at once or one after the other, and what is refused costs nothing (RFC 7591 §3)', async () => {
  const token = await initialToken({ maxUses: 2 });
  const metadata = { redirect_uris: [REDIRECT_URI] };
  expect((await post({ redirect_uris: ['http://app.example.test/'] }, token)).status).toBe(400);
  const answers = await Promise.all(Array.from({ length: 8 }, () => post(metadata, token)));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 401, 401, 401, 401, 401, 401]);
  const refused = await post(metadata, token);
  expect([refused.status, refused.body['error'], refused.headers['www-authenticate']]).toEqual([
    401,
    'invalid_token',
    'Bearer error="invalid_token"',
  ]);
  const [listed] = (await fixture.application.stores.initialAccessTokens.list({ limit: 200 })).slice(-1);
  expect(listed).toMatchObject({ name: 'Partner', maxUses: 2, uses: 2 });
});

test('a token that has expired, is unknown or is none is refused, though without any somebody might register', async () => {
  const { application } = fixture;
  const past = { now: () => new Date(Date.now() - 61_000) };
  const { text: expired } = await createInitialAccessToken(
    { ...application, clock: past },
    { name: 'Old', expiresInSeconds: 60, grantor: OPERATOR },
  );
  for (const token of [expired, `${await initialToken()}x`, 'lk_iat_none', '"', '']) {
    const answer = await post({ redirect_uris: [REDIRECT_URI] }, token);
    expect([token, answer.status, answer.body['error']]).toEqual([token, 401, 'invalid_token']);
  }
});

test('what the token lays down holds at the registration and at every change of it', async () => {
  const policy = {
    redirectHosts: ['*.partner.test'],
    scopes: ['openid'],
    grantTypes: ['authorization_code'],
  };
  const token = await initialToken({ policy, maxUses: 9 });
  const wanted = { redirect_uris: ['https://app.partner.test/cb'] };
  const elsewhere = await post({ redirect_uris: [REDIRECT_URI] }, token);
  expect([elsewhere.status, elsewhere.body['error']]).toEqual([400, 'invalid_redirect_uri']);
  const grant = await post({ ...wanted, grant_types: ['authorization_code', 'refresh_token'] }, token);
  expect([grant.status, grant.body['error']]).toEqual([400, 'invalid_client_metadata']);
  const scope = await post({ ...wanted, scope: 'email' }, token);
  expect([scope.status, scope.body['error']]).toEqual([400, 'invalid_client_metadata']);

  const { body } = await post(wanted, token);
  expect(body['scope']).toBe('openid');
  const changed = await ask('PUT', text(body['registration_client_uri']), {
    token: text(body['registration_access_token']),
    body: { client_id: body['client_id'], redirect_uris: [REDIRECT_URI] },
  });
  expect([changed.status, changed.body['error']]).toEqual([400, 'invalid_redirect_uri']);
});

test('an application reads, changes and deletes its registration, each change by the newest token (RFC 7592 §2)', async () => {
  const { body: registered } = await post({
    redirect_uris: [REDIRECT_URI],
    client_name: 'First',
    contacts: ['a@example.test'],
    grant_types: ['authorization_code', 'refresh_token'],
  });
  const uri = text(registered['registration_client_uri']);
  const clientId = text(registered['client_id']);
  const first = text(registered['registration_access_token']);
  const read = await ask('GET', uri, { token: first });
  const { client_secret: secret, ...told } = registered;
  expect([read.status, read.body]).toEqual([200, told]);

  // What those who administer decide stays, whatever the application says.
  await updateClient(
    { ...fixture.application, declaredClientIds: new Set() },
    { clientId, changes: { allowedGroups: ['Nobody'], requireSecondFactor: true } },
  );
  const metadata = {
    client_id: clientId,
    client_secret: secret,
    redirect_uris: [REDIRECT_URI],
    client_name: 'Second',
  };
  const changed = await ask('PUT', uri, { token: first, body: metadata });
  expect(changed.status).toBe(200);
  expect(changed.body).toMatchObject({
    client_id: clientId,
    client_name: 'Second',
    grant_types: ['authorization_code'],
  });
  expect(changed.body['contacts']).toBeUndefined();
  const second = text(changed.body['registration_access_token']);
  expect(second).not.toBe(first);
  expect(await fixture.application.clientDirectory.find(clientId)).toMatchObject({
    allowedGroups: ['Nobody'],
    requireSecondFactor: true,
    selfRegistered: true,
  });

  for (const [method, body] of [
    ['GET', undefined],
    ['PUT', metadata],
    ['DELETE', undefined],
  ] as const) {
    const answer = await ask(method, uri, { token: first, body });
    expect([method, answer.status, answer.body['error']]).toEqual([method, 401, 'invalid_token']);
  }
  const none = await ask('GET', uri);
  expect([none.status, none.headers['www-authenticate']]).toEqual([401, 'Bearer error="invalid_token"']);

  expect((await ask('DELETE', uri, { token: second })).status).toBe(204);
  expect((await ask('GET', uri, { token: second })).status).toBe(401);
  expect(await fixture.application.clientDirectory.find(clientId)).toBeUndefined();
});

test('a change says what it must and nothing that it must not, and nobody changes the client of another (RFC 7592 §2.2)', async () => {
  const [mine, other] = [
    await post({ redirect_uris: [REDIRECT_URI] }),
    await post({ redirect_uris: [REDIRECT_URI] }),
  ];
  const { client_id: clientId, registration_access_token: token, registration_client_uri: uri } = mine.body;
  const wanted = { client_id: clientId, redirect_uris: [REDIRECT_URI] };
  const faulty = [
    { redirect_uris: [REDIRECT_URI] },
    { ...wanted, client_id: other.body['client_id'] },
    { ...wanted, client_secret: 'another' },
    { ...wanted, client_secret: 1 },
    { ...wanted, registration_access_token: token },
    { ...wanted, client_id_issued_at: 1 },
  ];
  for (const body of faulty) {
    const answer = await ask('PUT', text(uri), { token: text(token), body });
    expect([body, answer.status, answer.body['error']]).toEqual([body, 400, 'invalid_request']);
  }
  const foreign = await ask('PUT', text(other.body['registration_client_uri']), {
    token: text(token),
    body: wanted,
  });
  expect(foreign.status).toBe(401);
  const ghost = await ask('GET', `${endpoint()}/a%00b`, { token: text(token) });
  expect(ghost.status).toBe(401);
  // None of it has cost the token.
  expect((await ask('GET', text(uri), { token: text(token) })).status).toBe(200);
});

test('deleting itself ends what the application holds', async () => {
  const config = await register({
    redirect_uris: [REDIRECT_URI],
    grant_types: ['authorization_code', 'refresh_token'],
  });
  const tokens = await signIn(config, 'openid offline_access');
  const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '');
  const { registration_client_uri: uri, registration_access_token: token } = config.clientMetadata();
  expect((await ask('DELETE', text(uri), { token: text(token) })).status).toBe(204);
  const userinfo = await send(`${server.issuer}/userinfo`, {
    headers: { authorization: `Bearer ${refreshed.access_token}` },
  });
  expect(userinfo.status).toBe(401);
});

const FAULTY: readonly (readonly [name: string, metadata: JsonObject, error: string])[] = [
  ['no redirect URI', {}, 'invalid_redirect_uri'],
  ['a redirect URI that is no text', { redirect_uris: [1] }, 'invalid_redirect_uri'],
  ['redirect URIs that are no list', { redirect_uris: REDIRECT_URI }, 'invalid_redirect_uri'],
  ['http beyond loopback', { redirect_uris: ['http://app.example.test/cb'] }, 'invalid_redirect_uri'],
  ['a fragment', { redirect_uris: [`${REDIRECT_URI}#a`] }, 'invalid_redirect_uri'],
  ['a wildcard', { redirect_uris: ['https://*.example.test/cb'] }, 'invalid_redirect_uri'],
  ['javascript:', { redirect_uris: ['javascript:alert(1)'] }, 'invalid_redirect_uri'],
  ['HS256', good({ id_token_signed_response_alg: 'HS256' }), 'invalid_client_metadata'],
  ['none', good({ id_token_signed_response_alg: 'none' }), 'invalid_client_metadata'],
  ['client_secret_jwt', good({ token_endpoint_auth_method: 'client_secret_jwt' }), 'invalid_client_metadata'],
  ['a grant type that nobody has', good({ grant_types: ['password'] }), 'invalid_client_metadata'],
  [
    'a grant type beyond the policy',
    good({ grant_types: ['client_credentials'] }),
    'invalid_client_metadata',
  ],
  ['the implicit flow', good({ response_types: ['id_token'] }), 'invalid_client_metadata'],
  [
    'a private key',
    good({ jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'a', y: 'b', d: 'c' }] } }),
    'invalid_client_metadata',
  ],
  ['a shared key', good({ jwks: { keys: [{ kty: 'oct', k: 'a' }] } }), 'invalid_client_metadata'],
  [
    'no key for private_key_jwt',
    good({ token_endpoint_auth_method: 'private_key_jwt' }),
    'invalid_client_metadata',
  ],
  ['a name that is no text', good({ client_name: { a: 1 } }), 'invalid_client_metadata'],
  ['a name that turns text around', good({ client_name: 'a\u202eb' }), 'invalid_client_metadata'],
  ['a NUL', good({ software_id: 'a\0b' }), 'invalid_client_metadata'],
  ['an unknown application type', good({ application_type: 'console' }), 'invalid_client_metadata'],
  [
    'a sector at a private address',
    good({ subject_type: 'pairwise', sector_identifier_uri: 'https://10.0.0.1/' }),
    'invalid_client_metadata',
  ],
  [
    'a long list',
    good({ contacts: Array.from({ length: 8_000 }, () => 'a@example.test') }),
    'invalid_client_metadata',
  ],
];

function good(metadata: JsonObject): JsonObject {
  return { redirect_uris: [REDIRECT_URI], ...metadata };
}

test.each(FAULTY)('refuses %s (RFC 7591 §3.2.2)', async (_name, metadata, error) => {
  const answer = await post(metadata);
  expect([answer.status, answer.body['error'], answer.body['error_description']]).toEqual([
    400,
    error,
    expect.stringMatching(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/) as string,
  ]);
});

test('refuses what is no JSON object, whatever it is, without a failure of its own', async () => {
  const bodies = ['', 'null', '[]', '1', '{', '{"redirect_uris":', '"a"', '\0', '['.repeat(50_000)];
  for (const raw of bodies) {
    const answer = await ask('POST', endpoint(), { raw });
    expect([raw.slice(0, 20), answer.status, answer.body['error']]).toEqual([
      raw.slice(0, 20),
      400,
      'invalid_request',
    ]);
  }
  const form = await ask('POST', endpoint(), {
    raw: 'redirect_uris=a',
    type: 'application/x-www-form-urlencoded',
  });
  expect([form.status, form.body['error']]).toEqual([400, 'invalid_request']);
  const large = await ask('POST', endpoint(), { body: good({ software_id: 'x'.repeat(300_000) }) });
  expect([large.status, large.body['error']]).toEqual([413, 'invalid_request']);
  const own = await ask('POST', endpoint(), {
    raw: `{"redirect_uris":["${REDIRECT_URI}"],"__proto__":{"scope":1}}`,
  });
  expect(own.status).toBe(201);
});

test('only hashes of what is told once are kept, and the audit log tells who did what', async () => {
  const token = await initialToken({ name: 'Listed' });
  const { body } = await post({ redirect_uris: [REDIRECT_URI] }, token);
  const clientId = text(body['client_id']);
  const changed = await ask('PUT', text(body['registration_client_uri']), {
    token: text(body['registration_access_token']),
    body: { client_id: clientId, redirect_uris: [REDIRECT_URI], client_name: 'Renamed' },
  });
  const { knex } = fixture.application.database;
  const dump = await knex.raw<{ rows: unknown[] }>(`
    select to_jsonb(a)::text from initial_access_tokens a union all select to_jsonb(c)::text from client_registrations c
    union all select to_jsonb(s)::text from client_secrets s union all select to_jsonb(l)::text from clients l
    union all select to_jsonb(e)::text from audit_events e`);
  const stored = JSON.stringify(dump.rows);
  expect(stored).toContain(clientId);
  const secrets = [
    token,
    body['client_secret'],
    body['registration_access_token'],
    changed.body['registration_access_token'],
  ];
  for (const secret of secrets) expect(stored.includes(text(secret))).toBe(false);

  const { events } = await fixture.application.auditReader.list({ clientId, limit: 10 });
  expect(events.map(({ type, actor, details }) => ({ type, actor, details })).reverse()).toMatchObject([
    { type: 'client.created', actor: { kind: 'anonymous' }, details: { self_registered: true } },
    { type: 'client.updated', actor: { kind: 'client', id: clientId }, details: { changed: ['name'] } },
  ]);
});

test('clients that were never used go after some days, those that were used stay (RFC 7591 §5)', async () => {
  const used = await register({ redirect_uris: [REDIRECT_URI] });
  await signIn(used, 'openid');
  const { body: unused } = await post({ redirect_uris: [REDIRECT_URI] });
  const { application } = fixture;
  const usedId = used.clientMetadata().client_id;
  for (;;) {
    const found = await application.stores.clientRegistrations.find(usedId);
    if (found?.usedAt) break;
  }
  const settings = { unusedDays: 7 };
  const inDays = (days: number) => ({ now: () => new Date(Date.now() + days * 86_400_000) });
  expect(await expireUnusedClients({ ...application, settings, clock: inDays(6) })).toBe(0);
  expect(await expireUnusedClients({ ...application, settings, clock: inDays(8) })).toBeGreaterThan(0);
  expect(await application.clientDirectory.find(text(unused['client_id']))).toBeUndefined();
  expect(await application.clientDirectory.find(usedId)).toBeDefined();
});

test('a network registers so many, and only so many wait for their first use (S70)', async () => {
  const limits = 'client_registration: { mode: open, registrations_per_network: 4, max_unused: 2 }';
  const narrow = await startServer({ env: { CONFIG: await configurationFile('narrow', limits) } });
  const ask201 = () => ask('POST', `${narrow.issuer}/register`, { body: { redirect_uris: [REDIRECT_URI] } });
  const first = await ask201();
  expect([first.status, (await ask201()).status]).toEqual([201, 201]);
  const full = await ask201();
  expect([full.status, full.headers['retry-after']]).toEqual([429, '3600']);
  const deleted = await ask('DELETE', text(first.body['registration_client_uri']), {
    token: text(first.body['registration_access_token']),
  });
  expect([deleted.status, (await ask201()).status]).toEqual([204, 201]);
  const many = await ask201();
  expect([many.status, many.body['error']]).toEqual([429, 'temporarily_unavailable']);
  expect(Number(many.headers['retry-after'])).toBeLessThanOrEqual(300);
  await narrow.stop();
});

test('browsers of any origin may register, since no cookie counts', async () => {
  const preflight = await send(endpoint(), {
    method: 'OPTIONS',
    headers: { origin: 'https://inspector.example.test', 'access-control-request-method': 'POST' },
  });
  expect([preflight.status, preflight.headers['access-control-allow-origin']]).toEqual([204, '*']);
  expect(preflight.headers['access-control-allow-headers']).toContain('Content-Type');
  expect(preflight.headers['access-control-allow-credentials']).toBeUndefined();
});

async function configurationOf({ body }: Answer): Promise<openid.Configuration> {
  return openid.discovery(
    new URL(server.issuer),
    text(body['client_id']),
    undefined,
    openid.ClientSecretBasic(text(body['client_secret'])),
    options,
  );
}

test('the operator makes a token by command, sees its uses, and takes it back', async () => {
  const run = async (...args: string[]) => {
    const written = { out: '', err: '' };
    const code = await runCli(
      ['client', ...args],
      {
        stdin: Readable.from([]),
        stdout: { write: (line) => (written.out += line) },
        stderr: { write: (line) => (written.err += line) },
        open: () => Promise.resolve({ ...fixture.application, close: () => Promise.resolve() }),
        describeFailure: () => undefined,
      },
      '0.0.0',
      [registerClientCommands],
    );
    return { code, ...written };
  };
  const token = (...args: string[]) => run('registration-token', ...args);
  const made = await token(
    'create',
    '--name',
    'By hand',
    '--scope',
    'openid',
    '--grant-type',
    'authorization_code',
    '--json',
  );
  const { id, initial_access_token: secret, ...rest } = JSON.parse(made.out) as Record<string, unknown>;
  expect(rest).toMatchObject({
    name: 'By hand',
    max_uses: 1,
    policy: { scope: 'openid', grant_types: ['authorization_code'] },
  });
  const { body } = await post({ redirect_uris: [REDIRECT_URI] }, text(secret));
  expect(body['scope']).toBe('openid');
  const listed = await token('list');
  expect(listed.out).toMatch(new RegExp(`^${text(id)} +By hand +1 of 1 `, 'm'));
  expect((await token('list', '--json')).out).not.toContain(text(secret));
  const clients = await run('list');
  expect(clients.out).toMatch(new RegExp(`^${text(body['client_id'])} +web +\\S+ +self-registered$`, 'm'));
  const shown = await run('show', text(body['client_id']));
  expect(shown.out).toContain('itself; nobody has looked at it');

  const another = JSON.parse((await token('create', '--name', 'Mistake', '--json')).out) as Record<
    string,
    unknown
  >;
  expect((await token('revoke', text(another['id']))).code).toBe(0);
  expect((await token('revoke', text(another['id']))).code).toBe(1);
  expect((await post({ redirect_uris: [REDIRECT_URI] }, text(another['initial_access_token']))).status).toBe(
    401,
  );
  expect((await token('create', '--name', 'x', '--scope', 'none')).err).toContain('policy/scope');
  expect((await token('create', '--name', 'x', '--uses', 'many')).code).toBe(2);
});
