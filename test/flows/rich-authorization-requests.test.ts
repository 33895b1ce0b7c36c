import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as jose from 'jose';
import * as openid from 'openid-client';
import { escapeHtml } from '../../src/http/escape-html.js';
import { basic, closeConnections, json, postForm, send } from '../support/relying-party-requests.js';
import { formOf, UserAgent } from '../support/relying-party-user-agent.js';
import {
  openFixture,
  REDIRECT_URI,
  type Fixture,
  type TestClient,
  type TestUser,
} from '../support/server-fixture.js';
import { startServer, type TestServer } from '../support/server.js';

const BANK = 'https://bank.example.test';
const SHOP = 'https://shop.example.test';
const LEDGER = 'https://ledger.example.test';
const CONFIGURATION = `
scopes: [{ name: accounts, description: see your accounts }]
resources:
  - { identifier: ${BANK}, name: Example Bank, scopes: [accounts] }
  - { identifier: ${SHOP}, scopes: [accounts] }
  - { identifier: ${LEDGER}, scopes: [accounts], access_token_format: opaque }
authorization_details_types:
  - type: payment
    sentence: { en: make a payment, de: etwas bezahlen }
    actions: [initiate, cancel]
    locations: [${BANK}]
    fields:
      - { name: amount, label: { en: Amount, de: Betrag }, required: true }
      - { name: creditor, label: { en: To, de: An } }
  - { type: statement, sentence: { en: see a statement } }
`;

let folder: string;
let server: TestServer;
let fixture: Fixture;
let user: TestUser;
let client: TestClient;
let config: openid.Configuration;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-flows-'));
  const file = path.join(folder, 'latchkey.yaml');
  await writeFile(file, CONFIGURATION);
  server = await startServer({ env: { CONFIG: file } });
  fixture = await openFixture(server);
  user = await fixture.user();
  client = await fixture.client({
    scopes: ['openid', 'offline_access', 'accounts'],
    resources: [BANK, SHOP, LEDGER],
    metadata: { authorization_details_types: ['payment'] },
  });
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- so marked to stand out; the server is on loopback
  const options = { execute: [openid.allowInsecureRequests] };
  const authentication = openid.ClientSecretBasic(client.clientSecret);
  config = await openid.discovery(
    new URL(server.issuer),
    client.clientId,
    undefined,
    authentication,
    options,
  );
});

afterAll(async () => {
  closeConnections();
  await fixture.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

const payment = {
  type: 'payment',
  actions: ['initiate'],
  locations: [BANK],
  amount: { currency: 'EUR', value: '12.50' },
  creditor: 'Shop <&>',
};

async function request(details: unknown, over: Readonly<Record<string, string>> = {}) {
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const parameters = {
    redirect_uri: REDIRECT_URI,
    scope: 'openid accounts',
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    authorization_details: typeof details === 'string' ? details : JSON.stringify(details),
    ...over,
  };
  return { parameters, checks: { pkceCodeVerifier } };
}

test('a person reads all of what is asked for and allows it, and the tokens carry it (RFC 9396 §3, §7, §9)', async () => {
  const { parameters, checks } = await request([payment], { resource: BANK, ui_locales: 'de' });
  const url = await openid.buildAuthorizationUrlWithPAR(config, parameters);
  const agent = new UserAgent(server.issuer);
  const { page } = await agent.open(url.href);
  if (!page) throw new Error('There is no page.');
  const consent = await agent.submit(formOf(page, '/login'), {
    username: user.email,
    password: user.password,
  });
  if (!consent.page) throw new Error('Nobody was asked, though the client is first-party only for scopes.');
  const read = [
    'etwas bezahlen',
    'initiate',
    'Example Bank',
    'Betrag',
    'currency: EUR, value: 12.50',
    'Shop <&>',
  ];
  for (const text of read) expect(consent.page.text).toContain(`<bdi>${escapeHtml(text)}</bdi>`);

  const done = await agent.submit(formOf(consent.page, '/consent'), { decision: 'allow' });
  const tokens = await openid.authorizationCodeGrant(config, done.url, checks);
  expect(tokens.authorization_details).toEqual([payment]);
  expect(jose.decodeJwt(tokens.access_token)['authorization_details']).toEqual([payment]);

  const { events } = await fixture.application.auditReader.list({ limit: 1, types: ['consent.granted'] });
  expect(events[0]?.details).toMatchObject({ authorization_details_types: ['payment'] });

  // The same once more is asked once more.
  const again = await request([payment], { resource: BANK });
  const asked = await agent.open(openid.buildAuthorizationUrl(config, again.parameters).href);
  expect(asked.page?.text).toContain('make a payment');
  const silent = await request([payment], { resource: BANK, prompt: 'none' });
  const refused = await agent.open(openid.buildAuthorizationUrl(config, silent.parameters).href);
  expect(refused.url.searchParams.get('error')).toBe('consent_required');
});

test('what was allowed is not widened by refreshing, by another resource or by a second request (RFC 9396 §6)', async () => {
  const anywhere = { type: 'payment', amount: 1 };
  const { parameters, checks } = await request([payment, anywhere], {
    scope: 'openid accounts offline_access',
    prompt: 'consent',
  });
  const url = new URL(
    `${openid.buildAuthorizationUrl(config, parameters).href}&resource=${encodeURIComponent(BANK)}&resource=${encodeURIComponent(SHOP)}`,
  );
  const agent = new UserAgent(server.issuer);
  const callback = await agent.signIn(url.href, user);
  const tokens = await openid.authorizationCodeGrant(config, callback, checks, { resource: BANK });
  expect(tokens.authorization_details).toEqual([payment, anywhere]);
  const shop = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '', { resource: SHOP });
  expect(jose.decodeJwt(shop.access_token)['authorization_details']).toEqual([anywhere]);
  const less = await openid.refreshTokenGrant(config, shop.refresh_token ?? '', {
    resource: BANK,
    authorization_details: JSON.stringify([payment]),
  });
  expect(less.authorization_details).toEqual([payment]);
  await expect(
    openid.refreshTokenGrant(config, less.refresh_token ?? '', {
      resource: BANK,
      authorization_details: JSON.stringify([{ ...payment, amount: 1_000_000 }]),
    }),
  ).rejects.toMatchObject({ error: 'invalid_authorization_details' });

  // A later request without details has none, though the grant is the same.
  const plain = await request([payment], { resource: BANK });
  const { authorization_details: _left, ...without } = plain.parameters;
  const later = await agent.open(openid.buildAuthorizationUrl(config, without).href);
  const later1 = await openid.authorizationCodeGrant(config, later.url, plain.checks);
  expect([
    later1.authorization_details,
    jose.decodeJwt(later1.access_token)['authorization_details'],
  ]).toEqual([undefined, undefined]);
});

test('introspection tells it too (RFC 9396 §9.2)', async () => {
  const { parameters, checks } = await request([{ type: 'payment', amount: 'all' }], { resource: LEDGER });
  const callback = await new UserAgent(server.issuer).signIn(
    openid.buildAuthorizationUrl(config, parameters).href,
    user,
  );
  const tokens = await openid.authorizationCodeGrant(config, callback, checks);
  const told = await openid.tokenIntrospection(config, tokens.access_token);
  expect(told['authorization_details']).toEqual([{ type: 'payment', amount: 'all' }]);
});

test.each([
  ['no JSON', '{'],
  ['no list', '{"type":"payment","amount":1}'],
  ['members that are no objects', '[1]'],
  ['no type', '[{"amount":1}]'],
  ['an unknown type', [{ type: 'transfer' }]],
  ['a type that the client does not list', [{ type: 'statement' }]],
  ['an action that is not declared', [{ ...payment, actions: ['refund'] }]],
  ['actions twice', [{ ...payment, actions: ['initiate', 'initiate'] }]],
  ['a location that is not declared', [{ ...payment, locations: [SHOP] }]],
  ['a member that nobody would read', [{ ...payment, limit: 1 }]],
  ['__proto__', '[{"type":"payment","amount":1,"__proto__":{"a":1}}]'],
  ['a common member that is not offered', [{ ...payment, datatypes: ['a'] }]],
  ['a missing member', [{ type: 'payment' }]],
  ['a text that turns around', [{ ...payment, creditor: 'a\u202eb' }]],
  ['a long text', [{ ...payment, creditor: 'x'.repeat(501) }]],
  ['an object within an object', [{ ...payment, amount: { a: { b: 1 } } }]],
  ['null', [{ ...payment, amount: null }]],
  ['too many', Array.from({ length: 11 }, () => payment)],
])('refuses %s (RFC 9396 §5)', async (_name, details) => {
  const { parameters } = await request(details);
  const answer = await postForm(
    `${server.issuer}/par`,
    { ...parameters, client_id: client.clientId, response_type: 'code' },
    { headers: basic(client) },
  );
  expect([answer.status, json(answer)['error']]).toEqual([400, 'invalid_authorization_details']);
});

test('a service asks for none, since nobody would read it', async () => {
  const service = await fixture.client({
    type: 'service',
    redirectUris: [],
    firstParty: false,
    scopes: ['accounts'],
    resources: [BANK],
    metadata: { authorization_details_types: ['payment'] },
  });
  const answer = await postForm(
    `${server.issuer}/token`,
    { grant_type: 'client_credentials', resource: BANK, authorization_details: JSON.stringify([payment]) },
    { headers: basic(service) },
  );
  expect([answer.status, json(answer)['error']]).toEqual([400, 'invalid_authorization_details']);
});

test('discovery names the types (RFC 9396 §10)', async () => {
  const told = json(await send(`${server.issuer}/.well-known/openid-configuration`));
  expect(told['authorization_details_types_supported']).toEqual(['payment', 'statement']);
});
