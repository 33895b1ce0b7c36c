import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { documentedPages, NOT_HERE, reasonNotToRun } from '../support/documented-commands.js';
import { basic, closeConnections, json, postForm } from '../support/relying-party-requests.js';
import { openFixture, PASSWORD, type Fixture } from '../support/server-fixture.js';
import { CLI_PROGRAM, PROJECT } from '../support/server-process.js';
import { startServer, type TestServer } from '../support/server.js';

/** What pages suppose in the configuration file. */
const CONFIGURATION = `
scopes: [{ name: "invoices:read", description: see your invoices }]
resources: [{ identifier: https://api.example.com, scopes: ["invoices:read"] }]
roles: [{ name: staff }]
sign_up: { mode: invitation }
`;

const pages = documentedPages();
let folder: string;
let server: TestServer;
let fixture: Fixture;
/** What stands in a page, and what is put there instead; all pages share one server. */
let places: readonly (readonly [RegExp | string, string])[];
let settings: Readonly<Record<string, string>>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-documented-'));
  const CONFIG = path.join(folder, 'latchkey.yaml');
  await writeFile(CONFIG, CONFIGURATION);
  server = await startServer({ env: { CONFIG } });
  fixture = await openFixture(server);
  const person = await fixture.user();
  for (const clientId of ['shop', 'web-shop']) await fixture.client({ clientId });
  const device = await fixture.client({ type: 'device', redirectUris: [] });
  const service = await fixture.client({
    type: 'service',
    redirectUris: [],
    scopes: ['users:read', 'users:write'],
    resources: [`${server.issuer}/api/v1`],
    firstParty: false,
  });
  places = [
    [/http:\/\/localhost:3000|https:\/\/id\.example\.com(?=\/(token|introspect))/g, server.issuer],
    ['019abf5e-…', person.id],
    ['device-…', device.clientId],
    ['<kid of the old key>', '$(last_of key list)'],
    ['invitation revoke <id>', 'invitation revoke $(last_of invitation list)'],
    [
      'registration-token revoke 019a…',
      'registration-token revoke $(last_of client registration-token list)',
    ],
    // What another page has made already.
    ['--client-id shop', '--client-id express-shop'],
    ['--locale en --role support', '--locale en --role staff'],
    ['key.jwk --verify-only', 'other.jwk --verify-only'],
  ];
  settings = {
    ...server.env,
    ISSUER: server.issuer,
    CLIENT_ID: service.clientId,
    CLIENT_SECRET: service.clientSecret,
    TOKEN: await tokenOf(service),
  };
});

afterAll(async () => {
  await fixture.close();
  await server.stop();
  closeConnections();
  await rm(folder, { recursive: true });
});

test('every page is read, and every reason is still needed', () => {
  expect(pages.length).toBeGreaterThan(20);
  const commands = pages.flatMap((page) => page.commands);
  expect(NOT_HERE.filter(([pattern]) => !commands.some((command) => pattern.test(command)))).toEqual([]);
});

const running = pages
  .map(({ name, commands }) => [name, commands.filter((command) => !reasonNotToRun(command))] as const)
  .filter(([, commands]) => commands.length > 0);

test.each(running)('the commands of %s work', async (name, commands) => {
  const here = await mkdtemp(path.join(folder, 'page-'));
  await writeFile(path.join(here, 'password.txt'), `${PASSWORD}\n`);
  await writeFile(path.join(here, 'users.ndjson'), `${JSON.stringify({ email: 'grace@example.net' })}\n`);
  for (const file of ['key.jwk', 'other.jwk']) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    await writeFile(path.join(here, file), JSON.stringify(privateKey.export({ format: 'jwk' })));
  }

  // Each page has an Ada of its own; where it does not make her, she is there.
  const ada = `ada+${name.replace(/\W/g, '-')}@example.com`;
  if (!/user create --email ada@|"email":"ada@/.test(commands.join('\n'))) await fixture.user({ email: ada });
  const script = [
    `. "${path.join(PROJECT, 'test/support/documented-commands.sh')}"`,
    ...commands.map((command) => {
      const placed = [...places, [/ada@example\.com/g, ada] as const].reduce(
        (text, [place, value]) => text.replaceAll(place, () => value),
        command,
      );
      return `{ ${placed}\n} > .output 2>&1 || failed '${placed.replaceAll("'", `'\\''`)}'`;
    }),
  ];
  expect(await complaintsOf(script.join('\n'), here)).toBe('');
});

/** Runs a script of bash. @returns what it wrote to its standard error */
async function complaintsOf(script: string, cwd: string): Promise<string> {
  const shell = spawn('bash', ['-c', script], {
    cwd,
    env: {
      ...settings,
      HOME: folder,
      PATH: process.env['PATH'],
      LATCHKEY: `${process.execPath} ${path.join(PROJECT, CLI_PROGRAM)}`,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  shell.stderr.setEncoding('utf8').on('data', (chunk: string) => (complaints += chunk));
  await once(shell, 'close');
  return complaints;
}

async function tokenOf(service: Parameters<typeof basic>[0]): Promise<string> {
  const form = {
    grant_type: 'client_credentials',
    scope: 'users:read users:write',
    resource: `${server.issuer}/api/v1`,
  };
  const answer = await postForm(`${server.issuer}/token`, form, { headers: basic(service) });
  return String(json(answer)['access_token']);
}
