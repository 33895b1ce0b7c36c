import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import path from 'node:path';
import { closeConnections } from '../support/relying-party-requests.js';
import { formOf, unescapeHtml, UserAgent, type Arrival } from '../support/relying-party-user-agent.js';
import { openFixture, type Fixture, type TestUser } from '../support/server-fixture.js';
import { PROJECT } from '../support/server-process.js';
import { freePort, startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let fixture: Fixture;
let user: TestUser;
let example: ChildProcess;
/** Where the example serves. */
let origin: string;

beforeAll(async () => {
  server = await startServer();
  fixture = await openFixture(server);
  user = await fixture.user();
  const port = String(await freePort());
  origin = `http://localhost:${port}`;
  const { clientId, clientSecret } = await fixture.client({
    scopes: ['openid', 'profile', 'email'],
    redirectUris: [`${origin}/callback`],
    postLogoutRedirectUris: [`${origin}/`],
    firstParty: false,
  });
  const given = { ISSUER: server.issuer, PORT: port, CLIENT_ID: clientId, CLIENT_SECRET: clientSecret };
  const program = spawn(process.execPath, [path.join(PROJECT, 'examples/relying-party/server.mjs')], {
    env: { PATH: process.env['PATH'] ?? '', ...given },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  example = program;
  await once(program.stdout, 'data');
});

afterAll(async () => {
  example.kill();
  closeConnections();
  await fixture.close();
  await server.stop();
});

/** A browser's two sides: what it has of the example, and what it has of the provider. */
const browser = () => ({ app: new UserAgent(origin), provider: new UserAgent(server.issuer) });

const textOf = ({ page }: Arrival): string => unescapeHtml(page?.text ?? '');

const pageOf = (arrival: Arrival) => {
  if (!arrival.page) throw new Error(`It went on to ${arrival.url.href}.`);
  return arrival.page;
};

test('a person signs in, sees the ID token, refreshes and signs out', async () => {
  const { app, provider } = browser();
  const { url } = await app.open(`${origin}/login`);
  const callback = await provider.signIn(url.href, user);
  const signedIn = await app.open(callback.href);
  expect(signedIn.url.href).toBe(`${origin}/`);
  expect(textOf(signedIn)).toContain(`"sub": "${user.id}"`);
  expect(textOf(signedIn)).toContain(`"email": "${user.email}"`);

  const refreshed = await app.submit(formOf(pageOf(signedIn), '/refresh'), {});
  expect(textOf(refreshed)).toContain('<dt>Refreshed</dt><dd>once</dd>');

  const leaving = await app.submit(formOf(pageOf(refreshed), '/logout'), {});
  const asked = await provider.open(leaving.url.href);
  const left = await provider.submit(formOf(pageOf(asked), '/confirm'), { logout: 'yes' });
  expect(left.url.href).toBe(`${origin}/`);
  expect(textOf(await app.open(left.url.href))).toContain('You are not signed in.');
});

test('a refusal, and an answer that nobody asked for, are told', async () => {
  const { app, provider } = browser();
  const { url } = await app.open(`${origin}/login`);
  const callback = await provider.signIn(url.href, await fixture.user(), 'deny');
  expect(textOf(await app.open(callback.href))).toContain('did not allow this application');
  expect(textOf(await app.open(callback.href))).toContain('No sign-in is under way in this browser.');
});

test('a path that is none ends nothing', async () => {
  const asked = get({ host: 'localhost', port: new URL(origin).port, path: '//' });
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.resume();
  expect(answer.statusCode).toBe(404);
  expect(textOf(await new UserAgent(origin).open(`${origin}/`))).toContain('You are not signed in.');
});
