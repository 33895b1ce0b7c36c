import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  authorizationRequest,
  basic,
  closeConnections,
  json,
  postForm,
  send,
} from '../support/relying-party-requests.js';
import { UserAgent } from '../support/relying-party-user-agent.js';
import { openFixture, type Fixture } from '../support/server-fixture.js';
import { PROJECT } from '../support/server-process.js';
import { freePort, startServer, type TestServer } from '../support/server.js';

const AUDIENCE = 'https://api.example.com';

let folder: string;
let server: TestServer;
let fixture: Fixture;
const running: ChildProcess[] = [];

beforeAll(async () => {
  // Within the project, so that the programs find its packages.
  const cache = path.join(PROJECT, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  folder = await mkdtemp(path.join(cache, 'documented-'));
  const yaml = /```yaml\n(scopes:[\s\S]*?)```/.exec(page('protect-an-api.md'))?.[1] ?? '';
  await writeFile(path.join(folder, 'latchkey.yaml'), yaml);
  server = await startServer({ env: { CONFIG: path.join(folder, 'latchkey.yaml') } });
  fixture = await openFixture(server);
});

afterAll(async () => {
  for (const program of running) program.kill();
  closeConnections();
  await fixture.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

function page(name: string): string {
  return readFileSync(path.join(PROJECT, 'docs', name), 'utf8');
}

/** Runs the program that a page shows under this name, and waits until it says that it is ready. */
async function runDocumented(
  name: string,
  file: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const code = new RegExp(`\`\`\`js\\n// ${file}\\n([\\s\\S]*?)\`\`\``).exec(page(name))?.[1];
  if (code === undefined) throw new Error(`${name} shows no ${file}.`);
  await writeFile(path.join(folder, file), code);
  const program = spawn(process.execPath, [path.join(folder, file)], {
    env: { PATH: process.env['PATH'] ?? '', ISSUER: server.issuer, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(program);
  await once(program.stdout, 'data');
}

test('the application of integrations/koa.md signs a person in', async () => {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const client = await fixture.client({ redirectUris: [`${origin}/callback`], firstParty: true });
  const user = await fixture.user();
  const env = { CLIENT_ID: client.clientId, CLIENT_SECRET: client.clientSecret, PORT: String(port) };
  await runDocumented('integrations/koa.md', 'app.mjs', env);

  const browser = new UserAgent(origin);
  const { location = '' } = (await browser.request(`${origin}/login`)).headers;
  const callback = await new UserAgent(server.issuer).signIn(location, user);
  expect((await browser.request(callback.href)).headers.location).toBe('/');
  const shown = json(await browser.request(`${origin}/`));
  expect(shown).toMatchObject({ sub: user.id, iss: server.issuer, aud: client.clientId });
});

test('the API of protect-an-api.md lets in whom it should, and nobody else (RFC 6750 §3)', async () => {
  const port = await freePort();
  await runDocumented('protect-an-api.md', 'api.mjs', { PORT: String(port) });
  const service = (scopes: readonly string[]) =>
    fixture.client({ type: 'service', redirectUris: [], scopes, resources: [AUDIENCE], firstParty: false });
  const ask = async (authorization?: string) => {
    const headers = authorization === undefined ? {} : { authorization };
    const answer = await send(`http://localhost:${port}/`, { headers });
    return { status: answer.status, challenge: answer.headers['www-authenticate'], text: answer.text };
  };
  const reader = await service(['invoices:read']);
  const tokenFor = async (parameters: Readonly<Record<string, string>>) => {
    const form = { grant_type: 'client_credentials', ...parameters };
    return json(await postForm(`${server.issuer}/token`, form, { headers: basic(reader) }))['access_token'];
  };

  const token = await tokenFor({ scope: 'invoices:read', resource: AUDIENCE });
  expect(await ask(`Bearer ${String(token)}`)).toMatchObject({
    status: 200,
    text: JSON.stringify({ invoices: [], for: reader.clientId }),
  });
  expect(await ask()).toMatchObject({ status: 401, challenge: 'Bearer' });
  const [head = '', body = ''] = String(token).split('.');
  for (const forged of ['nonsense', `${head}.${body}.AAAA`]) {
    expect(await ask(`Bearer ${forged}`)).toMatchObject({
      status: 401,
      challenge: 'Bearer error="invalid_token"',
    });
  }
  const scopeless = await tokenFor({ resource: AUDIENCE });
  expect(await ask(`Bearer ${String(scopeless)}`)).toMatchObject({
    status: 403,
    challenge: 'Bearer error="insufficient_scope", scope="invoices:read"',
  });
});

test('an ID token is no access token (RFC 9068 §4)', async () => {
  const port = await freePort();
  await runDocumented('protect-an-api.md', 'api.mjs', { PORT: String(port), AUDIENCE: 'app' });
  const client = await fixture.client({ clientId: 'app' });
  const request = authorizationRequest(server.issuer, client);
  const code = await new UserAgent(server.issuer).codeOf(request.url, await fixture.user());
  const form = {
    grant_type: 'authorization_code',
    code,
    code_verifier: request.codeVerifier,
    redirect_uri: client.redirectUri,
  };
  const tokens = json(await postForm(`${server.issuer}/token`, form, { headers: basic(client) }));
  const headers = { authorization: `Bearer ${String(tokens['id_token'])}` };
  expect((await send(`http://localhost:${port}/`, { headers })).status).toBe(401);
});
