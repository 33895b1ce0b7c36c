import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { latchkey } from '../support/cli.js';
import { basic, closeConnections, json, postForm, send } from '../support/relying-party-requests.js';
import { openFixture, type Fixture, type TestClient } from '../support/server-fixture.js';
import { startSecondServer, startServer, type TestServer } from '../support/server.js';

const API = 'https://api.example.test';
const CONFIGURATION = `
scopes:
  - { name: 'invoices:read', description: see your invoices }
resources:
  - { identifier: '${API}', scopes: ['invoices:read'], signing_algorithm: EdDSA }
keys: { cache_seconds: 1, publish_seconds: 2 }
`;

let folder: string;
let servers: readonly TestServer[];
let fixture: Fixture;
let client: TestClient;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-flows-'));
  const file = path.join(folder, 'latchkey.yaml');
  await writeFile(file, CONFIGURATION);
  const first = await startServer({ env: { CONFIG: file } });
  servers = [first, await startSecondServer(first)];
  fixture = await openFixture(first);
  client = await fixture.client({
    type: 'service',
    redirectUris: [],
    resources: [API],
    scopes: ['invoices:read'],
  });
});

afterAll(async () => {
  closeConnections();
  await fixture.close();
  for (const server of [...servers].reverse()) await server.stop();
  await rm(folder, { recursive: true });
});

/** An application that keeps the keys for as long as it may, and never asks before: the strictest there is. */
function createVerifier(server: TestServer) {
  let keys: readonly JsonWebKey[] = [];
  let freshUntil = 0;
  return async (token: string): Promise<{ readonly kid: string; readonly isValid: boolean }> => {
    if (Date.now() >= freshUntil) {
      const answer = await send(`${server.issuer}/jwks`, { via: server.url });
      keys = json(answer)['keys'] as readonly JsonWebKey[];
      freshUntil =
        Date.now() + 1000 * Number(/max-age=(\d+)/.exec(answer.headers['cache-control'] ?? '')?.[1]);
    }
    const [header = '', payload = '', signature = ''] = token.split('.');
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { readonly kid: string };
    const jwk = keys.find((key) => key['kid'] === kid);
    const isValid =
      jwk !== undefined &&
      verify(
        null,
        Buffer.from(`${header}.${payload}`),
        createPublicKey({ key: jwk, format: 'jwk' }),
        Buffer.from(signature, 'base64url'),
      );
    return { kid, isValid };
  };
}

async function tokenOf(server: TestServer): Promise<string> {
  const answer = await postForm(
    `${server.issuer}/token`,
    { grant_type: 'client_credentials', resource: API, scope: 'invoices:read' },
    { via: server.url, headers: basic(client) },
  );
  return String(json(answer)['access_token']);
}

test('keys rotate on two instances under load, and no token is refused by whoever keeps the keys (S14)', async () => {
  const [first] = servers;
  if (!first) throw new Error('There is no server.');
  const verifiers = servers.map(createVerifier);
  const issued: string[] = [];
  const failed: string[] = [];
  /** Each instance issues a token, and an application of each instance verifies both. */
  const round = async (): Promise<readonly string[]> => {
    const tokens = await Promise.all(servers.map(tokenOf));
    issued.push(...tokens);
    const kids: string[] = [];
    for (const token of tokens) {
      for (const verifies of verifiers) {
        const { kid, isValid } = await verifies(token);
        if (!isValid) failed.push(kid);
        kids.push(kid);
      }
    }
    return kids;
  };
  const [before = ''] = await round();
  await latchkey(first, ['key', 'rotate', '--alg', 'EdDSA']);
  // Until both instances sign by the new key, and a little on.
  for (let rounds = 0; rounds < 20;) {
    const kids = await round();
    if (!kids.includes(before)) rounds += 1;
  }
  expect(failed).toEqual([]);
  // What the old key has signed still verifies.
  for (const token of issued) expect((await verifiers[0]?.(token))?.isValid).toBe(true);
  expect(new Set(issued.map((token) => token.split('.')[0])).size).toBe(2);
});
