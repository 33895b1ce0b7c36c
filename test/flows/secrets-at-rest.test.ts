import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { latchkey } from '../support/cli.js';
import {
  authorizationRequest,
  basic,
  closeConnections,
  postForm,
  redeemCode,
  refresh,
  tokensOf,
  userinfo,
} from '../support/relying-party-requests.js';
import { codeIn, formOf, UserAgent } from '../support/relying-party-user-agent.js';
import { openFixture, type Fixture } from '../support/server-fixture.js';
import { SECRET_KEY } from '../support/server-process.js';
import { startServer, type TestServer } from '../support/server.js';

const ADMINISTRATOR_PASSWORD = 'seven geese above the harbour';

let server: TestServer;
let fixture: Fixture;
/** Everything that somebody could use again, by what it is. */
const secrets = new Map<string, string>();
let dump: string;

const run = promisify(execFile);

beforeAll(async () => {
  server = await startServer({ env: { LOG_LEVEL: 'trace' } });
  fixture = await openFixture(server);
  const database = new Client({ connectionString: server.databaseUrl });
  await database.connect();
  await wholeFlow();
  dump = `${await everyRow(database)}\n${(await pgDump()) ?? ''}`;
  await database.end();
});

afterAll(async () => {
  closeConnections();
  await fixture.close();
  await server.stop();
});

/** Signs somebody in, uses and refreshes what that yields, and leaves other things half done. */
async function wholeFlow(): Promise<void> {
  const { issuer } = server;
  const user = await fixture.user();
  const client = await fixture.client({ firstParty: false });
  const device = await fixture.client({ type: 'device', redirectUris: [] });
  keep({ password: user.password, clientSecret: client.clientSecret, secretKey: SECRET_KEY });

  const agent = new UserAgent(issuer);
  const begun = await agent.open(authorizationRequest(issuer, client).url);
  keepCookies('cookie of an interaction', agent);
  const wrong = 'a guess that is not right';
  keep({ wrong });
  if (!begun.page) throw new Error('There is no login page.');
  await agent.submit(formOf(begun.page, '/login'), { username: user.email, password: wrong });

  const request = authorizationRequest(issuer, client, {
    scope: 'openid email offline_access',
    prompt: 'consent',
  });
  const code = await agent.codeOf(request.url, user);
  keepCookies('cookie of a session', agent);
  const { codeVerifier } = request;
  const tokens = tokensOf(await redeemCode(issuer, client, { code, codeVerifier }));
  keep({ code, codeVerifier, ...prefixed('first', tokens) });
  expect((await userinfo(issuer, tokens.accessToken)).status).toBe(200);
  keep(prefixed('second', tokensOf(await refresh(issuer, client, tokens.refreshToken))));
  // A replay writes to the log.
  await redeemCode(issuer, client, { code, codeVerifier });
  await refresh(issuer, client, tokens.refreshToken);

  // These stay unused in the database.
  const later = await agent.open(authorizationRequest(issuer, client, { scope: 'openid email' }).url);
  keep({ unusedCode: codeIn(later.url) });
  await new UserAgent(issuer).open(authorizationRequest(issuer, client).url);
  const asked = await postForm(`${issuer}/device/authorize`, { client_id: device.clientId, scope: 'openid' });
  const { device_code: deviceCode, user_code: userCode } = JSON.parse(asked.text) as Record<string, string>;
  keep({ deviceCode: deviceCode ?? '', userCode: userCode ?? '' });
  const service = await fixture.client({ type: 'service', redirectUris: [] });
  const granted = await postForm(
    `${issuer}/token`,
    { grant_type: 'client_credentials' },
    { headers: basic(service) },
  );
  keep({ serviceSecret: service.clientSecret, serviceToken: tokensOf(granted).accessToken });

  const link = (await latchkey(server, ['admin', 'link'])).field('url');
  const administrator = new UserAgent(issuer);
  const { page } = await administrator.open(`${issuer}/setup`);
  if (!page) throw new Error('There is no set-up page.');
  const fields = { email: 'root@example.test', password: ADMINISTRATOR_PASSWORD };
  const [, token = ''] = link.split('#');
  const done = await administrator.submit(formOf(page, '/setup'), { ...fields, code: token });
  expect(done.page?.status).toBe(200);
  const unused = (await latchkey(server, ['admin', 'link'])).field('url').split('#')[1] ?? '';
  keep({ setupToken: token, unusedSetupToken: unused, administratorPassword: ADMINISTRATOR_PASSWORD });
}

function keep(values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) secrets.set(name, value);
}

function prefixed(prefix: string, values: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${prefix} ${name}`, String(value)]),
  );
}

function keepCookies(name: string, agent: UserAgent): void {
  agent.cookieValues.forEach((value, index) => secrets.set(`${name} ${index}`, value));
}

/** Every column of every table as text; bytes as hexadecimal digits, as Base64 and as the text that they may be. */
async function everyRow(database: Client): Promise<string> {
  const { rows: tables } = await database.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public'",
  );
  expect(tables.length).toBeGreaterThan(8);
  const texts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await database.query<Record<string, unknown>>(`select * from "${name}"`);
    for (const value of rows.flatMap((row) => Object.values(row))) {
      if (Buffer.isBuffer(value)) {
        texts.push(
          ...(['hex', 'base64', 'base64url', 'latin1'] as const).map((form) => value.toString(form)),
        );
      } else texts.push(typeof value === 'string' ? value : JSON.stringify(value));
    }
  }
  return texts.join('\n');
}

/** What PostgreSQL's own tool writes, where it is installed in a version that can. */
async function pgDump(): Promise<string | undefined> {
  const options = { maxBuffer: 64 * 1024 * 1024 };
  return run('pg_dump', ['--dbname', server.databaseUrl], options).then(
    ({ stdout }) => stdout,
    () => undefined,
  );
}

/** The value itself, and what else it would be as good as. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const decoded = Buffer.from(secret, 'base64url');
  return [
    secret,
    ...[bytes.toString('hex'), bytes.toString('base64'), bytes.toString('base64url')],
    // A random value is its bytes as well.
    ...(decoded.length >= 16 && /^[\w-]+$/.test(secret)
      ? [decoded.toString('hex'), decoded.toString('base64')]
      : []),
  ].map((form) => form.replace(/=+$/, ''));
}

function secretsIn(text: string): readonly string[] {
  return [...secrets].flatMap(([name, secret]) =>
    formsOf(secret).some((form) => text.includes(form)) ? [name] : [],
  );
}

it('the flow yielded everything that is looked for', () => {
  expect([...secrets].filter(([, secret]) => secret.length < 8).map(([name]) => name)).toEqual([]);
  expect(secrets.size).toBeGreaterThan(22);
});

it('the search finds secrets that are there, in each form', () => {
  const code = secrets.get('code') ?? '';
  for (const form of ['utf8', 'hex', 'base64'] as const) {
    expect(secretsIn(`before ${Buffer.from(code).toString(form)} after`)).toContain('code');
  }
});

it('a dump of the database holds nothing that could be presented to anybody (ASVS 5.0 V13.3.1)', () => {
  expect(dump).toContain('person1@example.test');
  expect(secretsIn(dump)).toEqual([]);
});

it('the log holds nothing that could be presented to anybody (ASVS 5.0 V16.2.5)', () => {
  const log = `${server.stdout()}${server.stderr()}`;
  expect(log).toContain('"route":"/token"');
  expect(secretsIn(log)).toEqual([]);
});
