import * as jose from 'jose';
import { parseUrl } from '../../src/domain/url.js';
import { listenForLogout } from '../support/logout-listener.js';
import { json, send } from '../support/relying-party-requests.js';
import { formOf, type UserAgent } from '../support/relying-party-user-agent.js';
import { endpoint, startProvider, type OpenIdProvider } from './openid-provider.js';
import { RelyingParty } from './relying-party.js';

const AFTERWARDS = 'https://app.example.test/signed-out';

let op: OpenIdProvider;

beforeAll(async () => {
  op = await startProvider();
});

afterAll(() => op.stop());

describe('oidcc-config-certification-test-plan', () => {
  test('oidcc-discovery-endpoint-verification: tells what relying parties need, truly (Discovery §3, §4.2, §4.3)', async () => {
    const answer = await send(`${op.issuer}/.well-known/openid-configuration`, {
      headers: { accept: 'application/json' },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(op.metadata).toMatchObject({
      issuer: op.issuer,
      response_types_supported: expect.arrayContaining(['code']) as string[],
      response_modes_supported: expect.arrayContaining(['query', 'form_post']) as string[],
      grant_types_supported: expect.arrayContaining(['authorization_code', 'refresh_token']) as string[],
      subject_types_supported: ['public', 'pairwise'],
      id_token_signing_alg_values_supported: expect.arrayContaining(['RS256']) as string[],
      scopes_supported: expect.arrayContaining(['openid', 'profile', 'email']) as string[],
      claims_supported: expect.arrayContaining(['sub', 'iss', 'name', 'email']) as string[],
      token_endpoint_auth_methods_supported: expect.arrayContaining(['client_secret_basic']) as string[],
      claims_parameter_supported: true,
      request_uri_parameter_supported: false,
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    });
    const addresses = Object.entries(op.metadata).filter(([name]) => /_(endpoint|uri)$/.test(name));
    expect(addresses.map(([name]) => name)).toEqual(
      expect.arrayContaining(['authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'jwks_uri']),
    );
    for (const [name, value] of addresses) {
      const { origin, hash } = parseUrl(String(value)) ?? { origin: name, hash: '' };
      expect([name, origin, hash]).toEqual([name, op.issuer, '']);
    }
    for (const value of Object.values(op.metadata)) expect(value).not.toEqual([]);
  });

  test('oidcc-discovery-endpoint-verification: its keys are public, named, and of the algorithms that it tells (Discovery §3, RFC 7517)', async () => {
    const { keys } = json(await send(endpoint(op, 'jwks_uri'))) as unknown as jose.JSONWebKeySet;
    const kids = keys.map(({ kid }) => kid);
    expect(new Set(kids).size).toBe(kids.length);
    for (const key of keys) {
      expect(key).toMatchObject({ use: 'sig', kid: expect.stringMatching(/.+/) as string });
      expect(['d', 'p', 'q', 'k'].filter((name) => name in key)).toEqual([]);
      await jose.importJWK(key, key.alg ?? '');
    }
    expect(keys.map(({ alg }) => alg)).toEqual(
      expect.arrayContaining(op.metadata['id_token_signing_alg_values_supported'] as string[]),
    );
  });
});

async function signedInAt(agent: UserAgent, rp: RelyingParty): Promise<boolean> {
  const response = await rp.authorize(agent, { prompt: 'none' });
  return response.parameters.get('code') !== null;
}

describe('oidcc-rp-initiated-logout-certification-test-plan', () => {
  let rp: RelyingParty;

  beforeAll(async () => {
    rp = new RelyingParty(op, await op.fixture.client({ postLogoutRedirectUris: [AFTERWARDS] }));
  });

  /** Goes to the logout endpoint, and says yes where that is asked. */
  async function logOut(agent: UserAgent, parameters: Readonly<Record<string, string>>) {
    const query = new URLSearchParams(parameters).toString();
    const asked = await agent.open(`${endpoint(op, 'end_session_endpoint')}?${query}`);
    if (!asked.page || asked.page.status !== 200 || !asked.page.text.includes('/session/end/confirm')) {
      return { asked: false, ...asked };
    }
    const done = await agent.submit(formOf(asked.page, '/session/end/confirm'), { logout: 'yes' });
    return { asked: true, ...done };
  }

  test('oidcc-rp-initiated-logout-discovery-endpoint-verification (RP-Initiated Logout §2.1)', () => {
    expect(parseUrl(endpoint(op, 'end_session_endpoint'))?.origin).toBe(op.issuer);
  });

  test('oidcc-rp-initiated-logout: ends the session and sends the browser back with the state (§2, §3)', async () => {
    const agent = rp.browser();
    const { tokens } = await rp.signIn(agent);
    expect(await signedInAt(agent, rp)).toBe(true);
    const hint = { id_token_hint: tokens.idToken, post_logout_redirect_uri: AFTERWARDS, state: 'kept' };
    const { url, page } = await logOut(agent, hint);
    expect(page).toBeUndefined();
    expect(url.href).toBe(`${AFTERWARDS}?state=kept`);
    expect(await signedInAt(agent, rp)).toBe(false);
  });

  test('oidcc-rp-initiated-logout-no-state: sends the browser back without one (§3)', async () => {
    const agent = rp.browser();
    const { tokens } = await rp.signIn(agent);
    const hint = { id_token_hint: tokens.idToken, post_logout_redirect_uri: AFTERWARDS };
    expect((await logOut(agent, hint)).url.href).toBe(AFTERWARDS);
  });

  const LEFT_AT_A_PAGE: readonly [string, (idToken: string) => Readonly<Record<string, string>>][] = [
    ['no-id-token-hint', () => ({ post_logout_redirect_uri: AFTERWARDS, state: 's' })],
    ['no-params', () => ({})],
    ['only-state', () => ({ state: 's' })],
    ['no-post-logout-redirect-uri', (idToken) => ({ id_token_hint: idToken, state: 's' })],
    [
      'bad-post-logout-redirect-uri',
      (idToken) => ({ id_token_hint: idToken, post_logout_redirect_uri: 'https://app.example.test/other' }),
    ],
    [
      'query-added-to-post-logout-redirect-uri',
      (idToken) => ({ id_token_hint: idToken, post_logout_redirect_uri: `${AFTERWARDS}?added=1` }),
    ],
    ['bad-id-token-hint', () => ({ id_token_hint: 'bad', post_logout_redirect_uri: AFTERWARDS })],
    [
      'modified-id-token-hint',
      (idToken) => ({
        id_token_hint: idToken.replace(
          /\.[^.]+$/,
          (signature) => `.${signature.slice(1).split('').reverse().join('')}`,
        ),
        post_logout_redirect_uri: AFTERWARDS,
      }),
    ],
  ];

  test.each(LEFT_AT_A_PAGE)(
    'oidcc-rp-initiated-logout-%s: leaves the person at a page, and sends nobody anywhere (§2, §3, §4)',
    async (_name, parametersFor) => {
      const agent = rp.browser();
      const { tokens } = await rp.signIn(agent);
      const { page, url } = await logOut(agent, parametersFor(tokens.idToken));
      expect(url.origin).toBe(op.issuer);
      expect(page?.headers['content-type']).toMatch(/^text\/html/);
      expect(page?.status).toBeLessThan(500);
    },
  );
});

describe('oidcc-backchannel-rp-initiated-logout-certification-test-plan', () => {
  test('oidcc-backchannel-logout-discovery-endpoint-verification (Back-Channel Logout §2.1)', () => {
    expect(op.metadata).toMatchObject({
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    });
  });

  test('oidcc-backchannel-rp-initiated-logout: the application gets a logout token that it can verify (Back-Channel Logout §2.4, §2.5, §2.6)', async () => {
    const app = await listenForLogout();
    const client = await op.fixture.client({
      postLogoutRedirectUris: [AFTERWARDS],
      backchannelLogoutUri: app.uri,
      metadata: { backchannel_logout_session_required: true },
    });
    const rp = new RelyingParty(op, client);
    const agent = rp.browser();
    const { tokens, claims } = await rp.signIn(agent);
    const query = new URLSearchParams({
      id_token_hint: tokens.idToken,
      post_logout_redirect_uri: AFTERWARDS,
    });
    const { page } = await agent.open(`${endpoint(op, 'end_session_endpoint')}?${query.toString()}`);
    if (!page) throw new Error('Nobody was asked.');
    const { url } = await agent.submit(formOf(page, '/session/end/confirm'), { logout: 'yes' });
    expect(url.href).toBe(AFTERWARDS);

    const logoutToken = await app.token;
    app.close();
    expect(jose.decodeProtectedHeader(logoutToken)).toMatchObject({ typ: 'logout+jwt', alg: 'RS256' });
    const payload = await rp.verifyLogoutToken(logoutToken);
    expect(payload).toMatchObject({
      sub: claims.sub,
      sid: claims['sid'],
      jti: expect.stringMatching(/.+/) as string,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    });
    expect(payload).not.toHaveProperty('nonce');
    expect(Number(payload.exp) - Number(payload.iat)).toBeLessThanOrEqual(120);
  });
});
