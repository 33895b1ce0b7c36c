import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as jose from 'jose';
import * as openid from 'openid-client';
import { startDocumentServer, type DocumentServer } from '../support/document-server.js';
import { closeConnections, json, postForm, send } from '../support/relying-party-requests.js';
import { formOf, UserAgent } from '../support/relying-party-user-agent.js';
import { openFixture, type Fixture, type TestUser } from '../support/server-fixture.js';
import { startServer, type TestServer } from '../support/server.js';

const CONFIGURATION = `
client_id_metadata_documents:
  hosts: [localhost, 10.0.0.1, private.example.test]
  scopes: [openid, email, tools]
  resources: [https://api.example.test]
scopes: [{ name: tools, description: use your tools }]
resources: [{ identifier: https://api.example.test, scopes: [tools] }]
`;
const REDIRECT_URI = 'https://app.example.test/callback';

let folder: string;
let server: TestServer;
let fixture: Fixture;
let user: TestUser;
let documents: DocumentServer;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-flows-'));
  const file = path.join(folder, 'latchkey.yaml');
  await writeFile(file, CONFIGURATION);
  documents = await startDocumentServer();
  server = await startServer({ env: { CONFIG: file, NODE_EXTRA_CA_CERTS: documents.certificateFile } });
  fixture = await openFixture(server);
  user = await fixture.user();
});

afterAll(async () => {
  closeConnections();
  await fixture.close();
  await server.stop();
  await documents.stop();
  await rm(folder, { recursive: true });
});

/** Puts a sound document at a path, but for what the test says. @returns the client id */
function publish(at: string, over: object = {}): string {
  const clientId = `${documents.origin}${at}`;
  return documents.put(at, {
    client_id: clientId,
    client_name: 'Tools',
    redirect_uris: [REDIRECT_URI],
    ...over,
  });
}

async function request(clientId: string, parameters: Readonly<Record<string, string>> = {}) {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- so marked to stand out; the server is on loopback
  const options = { execute: [openid.allowInsecureRequests] };
  const config = await openid.discovery(new URL(server.issuer), clientId, undefined, openid.None(), options);
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT_URI,
    scope: 'openid email',
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...parameters,
  });
  return { config, url, checks: { pkceCodeVerifier } };
}

async function pageOf(clientId: string): Promise<{ readonly status: number; readonly text: string }> {
  const { url } = await request(clientId);
  const { page } = await new UserAgent(server.issuer).open(url.href);
  if (!page) throw new Error('The browser was sent away.');
  return page;
}

test('a client signs people in by the document at its id alone, and the document is kept (draft 02 §4)', async () => {
  const clientId = publish('/tools.json', { scope: 'openid email tools something-else' });
  const { config, url, checks } = await request(clientId, { resource: 'https://api.example.test' });
  const tokens = await openid.authorizationCodeGrant(
    config,
    await new UserAgent(server.issuer).signIn(url.href, user),
    checks,
  );
  expect(tokens.claims()).toMatchObject({ sub: user.id, aud: clientId });
  expect(jose.decodeJwt(tokens.access_token)).toMatchObject({
    aud: 'https://api.example.test',
    client_id: clientId,
  });
  expect(documents.requests('/tools.json')).toBe(1);
  expect(await fixture.application.clientDirectory.find(clientId)).toBeUndefined();
});

test('the consent page says that nobody has looked at it, and where it says who it is; nothing that it claims for itself counts', async () => {
  const clientId = publish('/claims.json', {
    client_name: '<i>Bank</i>',
    first_party: true,
    allowed_scopes: ['users:write'],
    resources: [`${server.issuer}/api/v1`],
    type: 'service',
    branding: { accent: '#ff0000' },
  });
  const { url } = await request(clientId);
  const agent = new UserAgent(server.issuer);
  const { page } = await agent.open(url.href);
  if (!page) throw new Error('There is no page.');
  const consent = await agent.submit(formOf(page, '/login'), {
    username: user.email,
    password: user.password,
  });
  expect(consent.page?.text).toContain('class="notice"');
  expect(consent.page?.text).toContain(`<bdi>${new URL(clientId).host}</bdi>`);
  expect(consent.page?.text).not.toContain('<i>');

  const api = await request(clientId, { resource: `${server.issuer}/api/v1`, scope: 'openid users:write' });
  const refused = await agent.open(api.url.href);
  expect(refused.url.searchParams.get('error') ?? refused.page?.text).toMatch(/invalid_(target|scope)/);
});

test('it proves who it is by its key where its document has one (draft 02 §4.1)', async () => {
  const keys = await jose.generateKeyPair('ES256', { extractable: true });
  const jwks = {
    keys: [{ ...(await jose.exportJWK(keys.publicKey)), alg: 'ES256', use: 'sig', kid: 'app' }],
  };
  const clientId = publish('/key.json', { token_endpoint_auth_method: 'private_key_jwt', jwks });
  const { url, checks } = await request(clientId);
  const callback = await new UserAgent(server.issuer).signIn(url.href, user);
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- so marked to stand out; the server is on loopback
  const options = { execute: [openid.allowInsecureRequests] };
  const authentication = openid.PrivateKeyJwt({ key: keys.privateKey, kid: 'app' });
  const config = await openid.discovery(new URL(server.issuer), clientId, undefined, authentication, options);
  expect((await openid.authorizationCodeGrant(config, callback, checks)).claims()?.sub).toBe(user.id);
  const bare = await postForm(`${server.issuer}/token`, {
    grant_type: 'refresh_token',
    refresh_token: 'a',
    client_id: clientId,
  });
  expect([bare.status, json(bare)['error']]).toEqual([401, 'invalid_client']);
});

const redirect = { redirect_uris: [REDIRECT_URI] };
test.each([
  ['of another client', { client_id: 'https://localhost/other.json' }],
  ['with a secret', { client_secret: 'shared with everybody' }],
  ['with secret-based authentication', { token_endpoint_auth_method: 'client_secret_post' }],
  ['without redirect URIs', { redirect_uris: [] }],
  ['with http beyond loopback', { redirect_uris: ['http://app.example.test/'] }],
  ['with a grant type beyond the policy', { ...redirect, grant_types: ['client_credentials'] }],
  ['with HS256', { ...redirect, id_token_signed_response_alg: 'HS256' }],
  ['with members of the wrong type', { ...redirect, client_name: ['a'], scope: {} }],
])('a document %s is refused, and says why in development', async (name, over) => {
  const page = await pageOf(publish(`/faulty-${name.replaceAll(' ', '-')}.json`, over));
  expect([page.status, page.text.includes('invalid_client')]).toEqual([400, true]);
});

test.each([
  ['is not there', { status: 404, body: '{}' }],
  ['moved', { status: 302, headers: { location: 'https://localhost/elsewhere' }, body: '' }],
  ['is no JSON', { body: '<html>' }],
  ['is no object', { body: '[]' }],
  ['is empty', { body: '' }],
  ['is not UTF-8', { body: '\ud800"' }],
  ['is too large', { body: JSON.stringify({ client_name: 'x'.repeat(20_000) }) }],
  ['is much too large', { body: 'x'.repeat(2_000_000) }],
])('a document that %s is refused, and not asked for again at once', async (name, document) => {
  const at = `/unreadable-${name.replaceAll(' ', '-')}.json`;
  const clientId = documents.put(at, document);
  const pages = [await pageOf(clientId), await pageOf(clientId)];
  expect(pages.map(({ status }) => status)).toEqual([400, 400]);
  expect(documents.requests(at)).toBe(1);
});

test('nothing is asked at a private address, at another host, or at an id that is no address of a document (S58)', async () => {
  publish('/');
  publish('/a/../tools.json');
  const ids = [
    'https://10.0.0.1/client.json',
    // Resolves to nothing that is public.
    'https://private.example.test/client.json',
    `https://127.0.0.1:${new URL(documents.origin).port}/tools.json`,
    `${documents.origin}/`,
    documents.origin,
    `${documents.origin}/a/../tools.json`,
    `${documents.origin}/%2e%2e/tools.json`,
    `${documents.origin}/tools.json#a`,
    documents.origin.replace('://', '://user@') + '/tools.json',
    documents.origin.replace('https', 'http') + '/tools.json',
    `${documents.origin}/${'x'.repeat(600)}`,
    'https://',
    'https://[::1]/client.json',
    'https://localhost\\@10.0.0.1/x',
  ];
  const before = documents.requests('/tools.json');
  for (const clientId of ids) {
    const query = new URLSearchParams({
      client_id: clientId,
      response_type: 'code',
      redirect_uri: REDIRECT_URI,
    });
    const page = await send(`${server.issuer}/authorize?${query.toString()}`);
    expect([clientId, page.status]).toEqual([clientId, 400]);
  }
  expect([documents.requests('/'), documents.requests('/tools.json')]).toEqual([0, before]);
});

test('discovery says so (draft 02 §5)', async () => {
  const told = json(await send(`${server.issuer}/.well-known/openid-configuration`));
  expect(told['client_id_metadata_document_supported']).toBe(true);
});
