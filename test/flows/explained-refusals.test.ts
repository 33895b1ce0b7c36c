import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as jose from 'jose';
import {
  authorizationRequest,
  basic,
  closeConnections,
  json,
  postForm,
  redeemCode,
  send,
} from '../support/relying-party-requests.js';
import { UserAgent } from '../support/relying-party-user-agent.js';
import { expectNoFault } from '../support/server-answers.js';
import { openFixture, type Fixture, type TestClient, type TestUser } from '../support/server-fixture.js';
import { startServer, type TestServer } from '../support/server.js';

const REGISTERED = 'http://localhost:3000/callback';
const OTHER_URI = 'https://other.example.test/callback';
const SCOPES = ['openid', 'profile'];

interface Deployment {
  readonly server: TestServer;
  readonly fixture: Fixture;
  readonly user: TestUser;
  readonly client: TestClient;
}

/** Every refusal that has an explanation, and a line that only the explanation has. */
const WORDS = /trailing slash|Add it|What to do|Closest|Registered|latchkey client|in the past|in the future/;

let folder: string;
let keys: jose.GenerateKeyPairResult;
let development: Deployment;
let production: Deployment;

async function deploy(env: Readonly<Record<string, string>>): Promise<Deployment> {
  const server = await startServer({ env });
  const fixture = await openFixture(server);
  const client = await fixture.client({
    clientId: 'shop-frontend',
    redirectUris: [REGISTERED],
    postLogoutRedirectUris: ['http://localhost:3000/bye'],
    scopes: SCOPES,
  });
  await fixture.client({ clientId: 'other-app', redirectUris: [OTHER_URI] });
  return { server, fixture, user: await fixture.user(), client };
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'latchkey-flows-'));
  const file = path.join(folder, 'latchkey.yaml');
  await writeFile(
    file,
    `clients:\n  - client_id: declared-app\n    name: Declared\n    type: spa\n    redirect_uris: ['${REGISTERED}']\n`,
  );
  keys = await jose.generateKeyPair('ES256');
  development = await deploy({ CONFIG: file });
  production = await deploy({
    NODE_ENV: 'production',
    HOST: 'localhost',
    ISSUER: 'https://id.example.test',
    CONFIG: file,
  });
});

afterAll(async () => {
  closeConnections();
  for (const { fixture, server } of [development, production]) {
    await fixture.close();
    await server.stop();
  }
  await rm(folder, { recursive: true });
});

const authorize = (to: Deployment, extra: Readonly<Record<string, string>>) =>
  send(authorizationRequest(to.server.issuer, to.client, extra).url, { via: to.server.url });

/** What the page has below "Details for developers", by its labels. */
function detailsOf(text: string): Readonly<Record<string, string>> {
  const rows = text.matchAll(/<dt[^>]*>([^<]*)<\/dt>\s*<dd><code[^>]*>([^<]*)<\/code>/g);
  const plain = (html = '') =>
    html.replaceAll('&#39;', "'").replaceAll('&#34;', '"').replaceAll('&amp;', '&');
  return Object.fromEntries([...rows].map(([, label, value]) => [plain(label), plain(value)]));
}

/** The log line of a refusal that says so. */
const logged = ({ server }: Deployment, pattern: RegExp) => server.printed(pattern);

const descriptionOf = (answer: Awaited<ReturnType<typeof send>>) => json(answer)['error_description'];

function errorAtApp(answer: Awaited<ReturnType<typeof send>>): URLSearchParams {
  return new URL(answer.headers.location ?? '').searchParams;
}

describe('in development, a page explains', () => {
  it('a redirect URI with a slash too many, and how to add it (RFC 9700 §2.1)', async () => {
    const answer = await authorize(development, { redirect_uri: `${REGISTERED}/` });
    expect(answer.status).toBe(400);
    expect(detailsOf(answer.text)).toMatchObject({
      Sent: `${REGISTERED}/`,
      Registered: REGISTERED,
      Difference: 'a trailing slash at the end',
      'Add it': `latchkey client update shop-frontend --add-redirect-uri ${REGISTERED}/`,
    });
  });

  it('a redirect URI of another client', async () => {
    const answer = await authorize(development, { redirect_uri: OTHER_URI });
    expect(detailsOf(answer.text)).toMatchObject({ 'Registered for another client': 'other-app' });
  });

  it('a redirect URI that nobody could register, without a command', async () => {
    const answer = await authorize(development, { redirect_uri: `${REGISTERED}#"><script>x</script>` });
    const details = detailsOf(answer.text);
    expect(details['Add it']).toBeUndefined();
    expect(details['Change what is sent']).toContain('redirect_uri');
    expect(answer.text).not.toContain('<script>x');
  });

  it('a redirect URI in quotes that no shell reads into', async () => {
    const uri = `${REGISTERED}?a=$(x)&b='`;
    const details = detailsOf((await authorize(development, { redirect_uri: uri })).text);
    expect(details['Add it'] ?? details['Change what is sent']).toMatch(/'.*\$\(x\)&b='\\''|normal form/);
  });

  it('that a client of the configuration file is changed there', async () => {
    const answer = await authorize(development, {
      client_id: 'declared-app',
      redirect_uri: `${REGISTERED}/`,
    });
    expect(detailsOf(answer.text)['Add it']).toBe('to the client declared-app in the configuration file');
  });

  it('a client id with a mistake in it', async () => {
    const answer = await authorize(development, { client_id: 'shop-fronted' });
    expect(detailsOf(answer.text)).toMatchObject({ 'Closest client_id': 'shop-frontend' });
    const nothing = await authorize(development, { client_id: 'quite-another-name' });
    expect(detailsOf(nothing.text)).not.toHaveProperty('Closest client_id');
  });

  it('a post-logout redirect URI (OpenID Connect RP-Initiated Logout 1.0 §3)', async () => {
    const { issuer } = development.server;
    const query = new URLSearchParams({
      client_id: 'shop-frontend',
      post_logout_redirect_uri: 'http://127.0.0.1:3000/bye',
    });
    const answer = await send(`${issuer}/session/end?${query.toString()}`);
    expect(detailsOf(answer.text)).toMatchObject({
      Registered: 'http://localhost:3000/bye',
      Difference: 'localhost and 127.0.0.1 are not the same host',
      'Add it':
        'latchkey client update shop-frontend --post-logout-redirect-uri http://localhost:3000/bye --post-logout-redirect-uri http://127.0.0.1:3000/bye',
    });
  });

  it('a request_uri that is not known (RFC 9126 §4)', async () => {
    const answer = await authorize(development, {
      request_uri: 'urn:ietf:params:oauth:request_uri:unknown',
      redirect_uri: '',
    });
    expect(detailsOf(answer.text)['Why']).toContain('works once');
  });
});

describe('in development, the application is told', () => {
  test.each([
    [
      'to send PKCE (RFC 7636 §4.4.1)',
      { code_challenge: '', code_challenge_method: '' },
      'Send: code_challenge=',
    ],
    ['which scope it lacks (RFC 6749 §3.3)', { scope: 'openid email' }, "--scope 'openid profile email'"],
    ['the response type (RFC 6749 §3.1.1)', { response_type: 'token' }, 'response_type=code'],
    [
      'that a resource is not declared (RFC 8707 §2)',
      { resource: 'https://api.example.test' },
      'Resource: https://api.example.test; Registered: none; What to do: send it as it is declared',
    ],
  ])('%s', async (_what, extra, text) => {
    const answer = await authorize(development, extra);
    const { searchParams, hash } = new URL(answer.headers.location ?? '');
    const told = searchParams.has('error') ? searchParams : new URLSearchParams(hash.slice(1));
    expect(told.get('error_description')).toContain(text);
    expect(told.get('state')).not.toBeNull();
  });
});

describe('in development, the token endpoint explains', () => {
  const token = (
    parameters: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ) =>
    postForm(
      `${development.server.issuer}/token`,
      { grant_type: 'authorization_code', code: 'x', redirect_uri: REGISTERED, ...parameters },
      { headers },
    );

  it('an unknown client, and which is close', async () => {
    const answer = await token({}, basic({ ...development.client, clientId: 'shop-fronten' }));
    expect(answer.status).toBe(401);
    expect(json(answer)['error']).toBe('invalid_client');
    expect(descriptionOf(answer)).toContain('Closest client_id: shop-frontend');
  });

  it('another way of authentication than the registered one (RFC 7591 §2)', async () => {
    const answer = await token({ client_id: 'shop-frontend' });
    expect(descriptionOf(answer)).toMatch(
      /Sent: a client_id alone.*token_endpoint_auth_method client_secret_basic/,
    );
  });

  it('a wrong secret, without any secret in the answer', async () => {
    const wrong = 'wrong-secret-of-somebody';
    const answer = await token({}, basic({ ...development.client, clientSecret: wrong }));
    expect(descriptionOf(answer)).toContain('latchkey client rotate-secret shop-frontend');
    expect(answer.text).not.toContain(wrong);
    expect(answer.text).not.toContain(development.client.clientSecret);
  });

  it('a verifier, a redirect URI and a second use of a code (RFC 6749 §4.1.3, RFC 7636 §4.6)', async () => {
    const { server, client, user } = development;
    const begun = authorizationRequest(server.issuer, client);
    const code = await new UserAgent(server.issuer).codeOf(begun.url, user);
    const { codeVerifier } = begun;
    const stranger = await redeemCode(server.issuer, client, { code, codeVerifier: 'v'.repeat(43) });
    expect(descriptionOf(stranger)).toContain('not the one of the request that led to this code');
    const elsewhere = { ...client, redirectUri: `${REGISTERED}/` };
    const mismatch = await redeemCode(server.issuer, elsewhere, { code, codeVerifier });
    expect(descriptionOf(mismatch)).toMatch(/not the one of the authorization request.*a trailing slash/);
    expect((await redeemCode(server.issuer, client, { code, codeVerifier })).status).toBe(200);
    const again = await redeemCode(server.issuer, client, { code, codeVerifier });
    expect(json(again)['error']).toBe('invalid_grant');
    expect(descriptionOf(again)).toContain('start a new sign-in');
    expect(again.text).not.toContain(code);
  });

  test.each([
    [
      'that no app sees passwords',
      { grant_type: 'password' },
      'unsupported_grant_type',
      'authorization endpoint',
    ],
    [
      'where grant types are offered',
      { grant_type: 'urn:x' },
      'unsupported_grant_type',
      'grant_types_supported',
    ],
    [
      'which grant types a client has',
      { grant_type: 'client_credentials' },
      'unauthorized_client',
      'Registered: authorization_code refresh_token',
    ],
    [
      'a refresh token that is over',
      { grant_type: 'refresh_token', refresh_token: 'x' },
      'invalid_grant',
      'the session that it belongs to ended',
    ],
  ])('%s (RFC 6749 §5.2)', async (_what, parameters, error, text) => {
    const answer = await token(parameters, basic(development.client));
    expect(json(answer)['error']).toBe(error);
    expect(descriptionOf(answer)).toContain(text);
  });

  test.each([
    ['https://spa.example.test', '--allowed-origin https://spa.example.test'],
    ['null', 'which is never allowed'],
  ])('a call from a page of the origin %s (Fetch Standard §3.2)', async (origin, text) => {
    const answer = await token({}, { ...basic(development.client), origin });
    expect(json(answer)['error']).toBe('invalid_request');
    expect(descriptionOf(answer)).toMatch(/^origin .* not allowed for client/);
    expect(descriptionOf(answer)).toContain(text);
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('why userinfo takes a token no longer (RFC 6750 §3.1)', async () => {
    const answer = await send(`${development.server.issuer}/userinfo`, {
      headers: { authorization: 'Bearer unknown-token' },
    });
    expect(answer.status).toBe(401);
    expect(descriptionOf(answer)).toMatch(/^invalid token provided\. Why: .*its session ended/);
    expect(answer.text).not.toContain('unknown-token');
  });

  it('clocks that differ (RFC 7523 §3)', async () => {
    const jwk = { ...(await jose.exportJWK(keys.publicKey)), alg: 'ES256', use: 'sig', kid: 'app' };
    const client = await development.fixture.client({
      metadata: { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk] } },
    });
    const now = Math.floor(Date.now() / 1000);
    const assertion = await new jose.SignJWT({ jti: 'one' })
      .setProtectedHeader({ alg: 'ES256', kid: 'app' })
      .setIssuer(client.clientId)
      .setSubject(client.clientId)
      .setAudience(development.server.issuer)
      .setIssuedAt(now - 600)
      .setExpirationTime(now - 300)
      .sign(keys.privateKey);
    const answer = await token({
      client_assertion: assertion,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    });
    expect(descriptionOf(answer)).toMatch(/exp is 30\d s in the past/);
  });
});

describe('in production', () => {
  test.each([
    ['a redirect URI', { redirect_uri: `${REGISTERED}/` }],
    ['a client id', { client_id: 'shop-fronted' }],
  ])('a page explains nothing of %s', async (_what, extra) => {
    const answer = await authorize(production, extra);
    expectNoFault(answer);
    expect(answer.status).toBe(400);
    expect(answer.text).not.toMatch(WORDS);
    expect(answer.text).not.toContain('<dl>');
    expect(answer.text).not.toContain(REGISTERED);
  });

  it('answers to programs have the bare error (RFC 6749 §4.1.2.1 and §5.2)', async () => {
    const wrong = await postForm(
      `${production.server.issuer}/token`,
      { grant_type: 'authorization_code', code: 'x', redirect_uri: REGISTERED },
      { headers: basic({ ...production.client, clientSecret: 'wrong' }), via: production.server.url },
    );
    expect(descriptionOf(wrong)).toBe('client authentication failed');
    const foreign = await postForm(
      `${production.server.issuer}/token`,
      { grant_type: 'client_credentials' },
      { headers: basic(production.client), via: production.server.url },
    );
    expect(descriptionOf(foreign)).toBe('the client is not registered for this grant type');
    const told = errorAtApp(await authorize(production, { scope: 'openid email' }));
    expect(told.get('error_description')).toBe('requested scope is not allowed');
  });

  it('the log has the explanation, without what was sent and without other clients', async () => {
    const marked = 'http://127.0.0.1:3000/callback/?code=secret-of-the-query';
    await authorize(production, { redirect_uri: marked });
    await logged(
      production,
      /"errorDetail":"redirect_uri did not match[^}]*Difference: localhost and 127\.0\.0\.1/,
    );
    await authorize(production, { redirect_uri: OTHER_URI });
    await logged(production, /"errorDetail":"redirect_uri did not match[^}]*Difference: [^}]*another host/);
    expect(production.server.stdout()).not.toMatch(/secret-of-the-query|other-app|other\.example/);
  });
});
