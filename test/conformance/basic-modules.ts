import * as jose from 'jose';
import { ageArtifacts } from '../support/age-artifacts.js';
import { send, postForm, json } from '../support/relying-party-requests.js';
import { endpoint, type OpenIdProvider } from './openid-provider.js';
import { RelyingParty, unsignedRequest, type AuthorizationResponse } from './relying-party.js';

const NOW = (): number => Math.floor(Date.now() / 1000);

/** Resolves when the second of the server's clock has passed; both run on this machine. */
const untilAfter = (second: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, (second + 1) * 1000 - Date.now())));

/**
 * The modules of the plan for the code flow, under their official names.
 * @param mode how responses come back: empty for the default, or `form_post`
 * @see OpenID Connect Conformance Profiles 3.0 §2.1, §2.6
 */
export function basicModules(op: () => OpenIdProvider, mode: '' | 'form_post'): void {
  let rp: RelyingParty;
  let other: RelyingParty;

  beforeAll(async () => {
    const everything = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'];
    rp = new RelyingParty(op(), await op().fixture.client({ scopes: everything }), mode);
    other = new RelyingParty(op(), await op().fixture.client({ scopes: everything }), mode);
  });

  function expectCode({ parameters, mode: came, state }: AuthorizationResponse): void {
    expect(came).toBe(mode === '' ? 'query' : mode);
    expect(parameters.get('code')).toMatch(/.+/);
    expect(parameters.get('state') ?? '').toBe(state);
    expect(parameters.get('iss')).toBe(op().issuer);
  }

  function expectError({ parameters, mode: came, state }: AuthorizationResponse, error: string): void {
    expect(came).toBe(mode === '' ? 'query' : mode);
    expect(parameters.get('error')).toBe(error);
    expect(parameters.get('state') ?? '').toBe(state);
    expect(parameters.get('code')).toBeNull();
  }

  test('oidcc-server: signs in by a code and gives a valid ID token (Core §3.1)', async () => {
    const before = NOW();
    const { response, tokens, claims } = await rp.signIn();
    expectCode(response);
    expect(response.askedToSignIn).toBe(true);
    expect(tokens.answer.status).toBe(200);
    expect(tokens.answer.headers).toMatchObject({ 'cache-control': 'no-store' });
    expect(tokens.answer.headers['content-type']).toMatch(/^application\/json/);
    expect(String(tokens.body['token_type']).toLowerCase()).toBe('bearer');
    expect(Number(tokens.body['expires_in'])).toBeGreaterThan(0);
    expect(claims.sub).toMatch(/^[\x20-\x7e]{1,255}$/);
    expect(claims.iat).toBeGreaterThanOrEqual(before);
    expect(Number(claims.exp)).toBeGreaterThan(Number(claims.iat));
    expect((await rp.userinfo(tokens.accessToken))['sub']).toBe(claims.sub);
  });

  test('oidcc-response-type-missing: is refused as invalid_request or unsupported_response_type (Core §3.1.2.6, RFC 6749 §3.1.1)', async () => {
    const response = await rp.authorize(rp.browser(), { response_type: '', response_mode: '' });
    expect(response.parameters.get('code')).toBeNull();
    expect(response.parameters.get('error') ?? response.page?.text).toMatch(/invalid_request/);
  });

  test('oidcc-idtoken-signature: names a published key of the right kind (Core §10.1)', async () => {
    const { tokens } = await rp.signIn();
    const { kid, alg } = jose.decodeProtectedHeader(tokens.idToken);
    expect(alg).toBe('RS256');
    const { keys } = json(await send(endpoint(op(), 'jwks_uri'))) as unknown as jose.JSONWebKeySet;
    expect(keys.filter((key) => key.kid === kid)).toMatchObject([{ kty: 'RSA', use: 'sig' }]);
    for (const key of keys) expect(key).not.toHaveProperty('d');
  });

  test('oidcc-idtoken-unsigned: none is not offered, and cannot be had (Core §2, §3.1.3.7)', async () => {
    expect(op().metadata['id_token_signing_alg_values_supported']).not.toContain('none');
    await expect(
      op().fixture.client({ metadata: { id_token_signed_response_alg: 'none' } }),
    ).rejects.toMatchObject({ faults: [{ field: 'metadata/id_token_signed_response_alg' }] });
  });

  test('oidcc-userinfo-get, oidcc-userinfo-post-header, oidcc-userinfo-post-body: take the token each way (Core §5.3.1, RFC 6750 §2)', async () => {
    const { tokens, claims } = await rp.signIn();
    const address = endpoint(op(), 'userinfo_endpoint');
    const authorization = `Bearer ${tokens.accessToken}`;
    const answers = [
      await send(address, { headers: { authorization } }),
      await postForm(address, '', { headers: { authorization } }),
      await postForm(address, { access_token: tokens.accessToken }),
    ];
    for (const answer of answers) {
      expect(answer.headers['content-type']).toMatch(/^application\/json/);
      expect(json(answer)['sub']).toBe(claims.sub);
    }
    const inQuery = await send(`${address}?access_token=${encodeURIComponent(tokens.accessToken)}`);
    expect(inQuery.status).toBe(400);
  });

  test('oidcc-ensure-request-without-nonce-succeeds-for-code-flow (Core §3.1.2.1)', async () => {
    const { response, claims } = await rp.signIn(rp.browser(), { nonce: '' });
    expectCode(response);
    expect(claims).not.toHaveProperty('nonce');
  });

  const SCOPES: Readonly<Record<string, readonly string[]>> = {
    profile: [
      ...['name', 'given_name', 'family_name', 'middle_name', 'nickname', 'preferred_username', 'profile'],
      ...['picture', 'website', 'gender', 'birthdate', 'zoneinfo', 'locale', 'updated_at'],
    ],
    email: ['email', 'email_verified'],
    address: ['address'],
    phone: ['phone_number', 'phone_number_verified'],
  };

  test.each(Object.keys(SCOPES))(
    'oidcc-scope-%s: gives the claims of the scope, and no others (Core §5.4)',
    async (scope) => {
      const { tokens } = await rp.signIn(rp.browser(), { scope: `openid ${scope}` });
      expect(Object.keys(await rp.userinfo(tokens.accessToken)).sort()).toEqual(
        ['sub', ...(SCOPES[scope] ?? [])].sort(),
      );
    },
  );

  test('oidcc-scope-all: gives all of them, of the right types (Core §5.1, §5.4)', async () => {
    const { tokens } = await rp.signIn(rp.browser(), { scope: 'openid profile email address phone' });
    const claims = await rp.userinfo(tokens.accessToken);
    expect(Object.keys(claims).sort()).toEqual(['sub', ...Object.values(SCOPES).flat()].sort());
    expect(claims).toMatchObject({
      email_verified: true,
      phone_number_verified: true,
      updated_at: expect.any(Number) as number,
      address: { country: 'GB' },
    });
  });

  test('oidcc-alternate-happy-flow: the order of scopes and parameters does not matter (RFC 6749 §3.3)', async () => {
    const agent = rp.browser();
    const parameters = rp.parameters({ scope: 'email openid' });
    const query = new URLSearchParams(Object.entries(parameters).reverse()).toString();
    const arrival = await agent.open(`${endpoint(op(), 'authorization_endpoint')}?${query}`);
    const response = await rp.arrived(agent, arrival, parameters);
    expectCode(response);
    const tokens = await rp.redeem(response);
    expect(Object.keys(await rp.userinfo(tokens.accessToken)).sort()).toEqual([
      'email',
      'email_verified',
      'sub',
    ]);
  });

  test.each(['page', 'popup'])(
    'oidcc-display-%s: does not end in an error (Core §3.1.2.1)',
    async (display) => {
      expectCode(await rp.authorize(rp.browser(), { display }));
    },
  );

  test('oidcc-prompt-login: asks again whoever has signed in (Core §3.1.2.1)', async () => {
    const agent = rp.browser();
    const first = await rp.signIn(agent);
    const second = await rp.signIn(agent, { prompt: 'login' });
    expect(second.response.askedToSignIn).toBe(true);
    expect(second.claims.sub).toBe(first.claims.sub);
    expect(Number(second.claims['auth_time'])).toBeGreaterThanOrEqual(Number(first.claims['auth_time']));
  });

  test('oidcc-prompt-none-not-logged-in: is refused as login_required (Core §3.1.2.6)', async () => {
    expectError(await rp.authorize(rp.browser(), { prompt: 'none' }), 'login_required');
  });

  test('oidcc-prompt-none-logged-in: gives a code without a page (Core §3.1.2.1)', async () => {
    const agent = rp.browser();
    const first = await rp.signIn(agent);
    const second = await rp.signIn(agent, { prompt: 'none' });
    expect(second.response.askedToSignIn).toBe(false);
    expect(second.claims).toMatchObject({ sub: first.claims.sub, auth_time: first.claims['auth_time'] });
  });

  test('oidcc-max-age-1: asks again once the sign-in is older, and tells auth_time (Core §3.1.2.1)', async () => {
    const agent = rp.browser();
    const first = await rp.signIn(agent, { max_age: '10000' });
    await untilAfter(Number(first.claims['auth_time']) + 1);
    const second = await rp.signIn(agent, { max_age: '1' });
    expect(second.response.askedToSignIn).toBe(true);
    expect(Number(second.claims['auth_time'])).toBeGreaterThan(Number(first.claims['auth_time']));
  });

  test('oidcc-max-age-10000: does not ask again, and tells the same auth_time (Core §3.1.2.1)', async () => {
    const agent = rp.browser();
    const first = await rp.signIn(agent, { max_age: '10000' });
    const second = await rp.signIn(agent, { max_age: '10000' });
    expect(second.response.askedToSignIn).toBe(false);
    expect(second.claims['auth_time']).toBe(first.claims['auth_time']);
  });

  test('oidcc-ensure-request-with-unknown-parameter-succeeds (Core §3.1.2.2, RFC 6749 §3.1)', async () => {
    expectCode(await rp.authorize(rp.browser(), { extra: 'foobar' }));
  });

  test('oidcc-id-token-hint: goes on without a page for whoever it names (Core §3.1.2.1)', async () => {
    const agent = rp.browser();
    const first = await rp.signIn(agent);
    const hint = { prompt: 'none', id_token_hint: first.tokens.idToken };
    const second = await rp.signIn(agent, hint);
    expect(second.claims.sub).toBe(first.claims.sub);
    expectError(await rp.authorize(rp.browser(), hint), 'login_required');
  });

  test('oidcc-login-hint: fills the form in (Core §3.1.2.1)', async () => {
    const query = new URLSearchParams(rp.parameters({ login_hint: 'buffy@example.test' })).toString();
    const { page } = await rp.browser().open(`${endpoint(op(), 'authorization_endpoint')}?${query}`);
    expect(page?.text).toMatch(/name="username"[^>]*value="buffy@example\.test"/);
  });

  test('oidcc-ui-locales: takes languages, and shows the page in one of them (Core §3.1.2.1)', async () => {
    const query = new URLSearchParams(rp.parameters({ ui_locales: 'xx de' })).toString();
    const { page } = await rp.browser().open(`${endpoint(op(), 'authorization_endpoint')}?${query}`);
    expect(page?.text).toContain('<html lang="de"');
    expectCode(await rp.authorize(rp.browser(), { ui_locales: 'se' }));
  });

  test('oidcc-claims-locales: does not end in an error (Core §5.2)', async () => {
    expectCode(await rp.authorize(rp.browser(), { claims_locales: 'se' }));
  });

  test('oidcc-ensure-request-with-acr-values-succeeds (Core §3.1.2.1)', async () => {
    const { response, claims } = await rp.signIn(rp.browser(), { acr_values: '1 2' });
    expectCode(response);
    expect(claims['acr'] ?? 'none').toEqual(expect.any(String));
  });

  test('oidcc-codereuse: a code counts once, and its second use by whomever fails (Core §3.1.3.2, RFC 6749 §4.1.2)', async () => {
    const { response } = await rp.signIn();
    const again = await rp.redeem(response);
    expect([again.answer.status, again.body['error']]).toEqual([400, 'invalid_grant']);
    const fresh = await rp.authorize(rp.browser());
    expect((await other.redeem(fresh)).body['error']).toBe('invalid_grant');
  });

  test('oidcc-codereuse-30seconds: a code that comes again after half a minute ends the tokens that it led to (RFC 6749 §4.1.2)', async () => {
    const offline = { scope: 'openid offline_access', prompt: 'consent' };
    const { response, tokens } = await rp.signIn(rp.browser(), offline);
    expect((await rp.userinfo(tokens.accessToken))['sub']).toBe(op().user.id);
    await ageArtifacts(op().fixture, 30);
    expect((await rp.redeem(response)).body['error']).toBe('invalid_grant');
    const headers = { authorization: `Bearer ${tokens.accessToken}` };
    expect((await send(endpoint(op(), 'userinfo_endpoint'), { headers })).status).toBe(401);
    const refresh = { grant_type: 'refresh_token', refresh_token: tokens.refreshToken };
    expect((await rp.token(refresh)).body['error']).toBe('invalid_grant');
  });

  test('oidcc-ensure-registered-redirect-uri: another address is never gone to (Core §3.1.2.1)', async () => {
    const response = await rp.authorize(rp.browser(), { redirect_uri: 'https://app.example.test/other' });
    expect(response.mode).toBe('page');
    expect(response.page?.status).toBe(400);
    expect(response.page?.text).toContain('invalid_redirect_uri');
  });

  test('oidcc-ensure-post-request-succeeds: the request may be posted, by whoever has signed in too (Core §3.1.2.1)', async () => {
    const agent = rp.browser();
    const post = async () => {
      const parameters = rp.parameters();
      const answer = await agent.request(endpoint(op(), 'authorization_endpoint'), {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://app.example.test' },
        body: new URLSearchParams(parameters).toString(),
      });
      const arrival = await agent.open(new URL(answer.headers.location ?? '', op().issuer).href);
      return rp.arrived(agent, arrival, parameters);
    };
    const first = await post();
    expectCode(first);
    expect((await rp.redeem(first)).answer.status).toBe(200);
    const second = await post();
    expectCode(second);
    expect(second.askedToSignIn).toBe(false);
  });

  test('oidcc-server-client-secret-post: a client may send its secret in the body (Core §9)', async () => {
    const client = await op().fixture.client({
      metadata: { token_endpoint_auth_method: 'client_secret_post' },
    });
    const posting = new RelyingParty(op(), client, mode);
    const code = (await posting.authorize(posting.browser())).parameters.get('code') ?? '';
    const body = { grant_type: 'authorization_code', code, redirect_uri: client.redirectUri };
    const secret = { client_id: client.clientId, client_secret: client.clientSecret };
    const tokens = await posting.token({ ...body, ...secret }, {});
    expect((await posting.verify(tokens.idToken)).aud).toBe(client.clientId);
  });

  test('oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported (Core §6.2, §3.1.2.6)', async () => {
    expect(op().metadata['request_uri_parameter_supported']).toBe(false);
    const extra = { request_uri: 'https://app.example.test/request' };
    expectError(await rp.authorize(rp.browser(), extra), 'request_uri_not_supported');
  });

  test('oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported (Core §6.1, §3.1.2.6)', async () => {
    const parameters = rp.parameters();
    const request = unsignedRequest({ ...parameters, iss: rp.client.clientId, aud: op().issuer });
    expectError(await rp.authorize(rp.browser(), { ...parameters, request }), 'invalid_request_object');
  });

  test('oidcc-claims-essential: gives the claim that is asked for (Core §5.5)', async () => {
    const claims = JSON.stringify({ userinfo: { name: { essential: true } } });
    const { tokens } = await rp.signIn(rp.browser(), { claims });
    expect(Object.keys(await rp.userinfo(tokens.accessToken)).sort()).toEqual(['name', 'sub']);
  });

  test('oidcc-ensure-request-object-with-redirect-uri: what the signed request says counts (Core §6.1, RFC 9101 §5)', async () => {
    const { privateKey, publicKey } = await jose.generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await jose.exportJWK(publicKey)), alg: 'ES256', use: 'sig', kid: 'rp' };
    const client = await op().fixture.client({ metadata: { jwks: { keys: [jwk] } as never } });
    const signing = new RelyingParty(op(), client, mode);
    const parameters = signing.parameters();
    const request = await new jose.SignJWT({ ...parameters })
      .setProtectedHeader({ alg: 'ES256', kid: 'rp' })
      .setIssuer(client.clientId)
      .setAudience(op().issuer)
      .sign(privateKey);
    const outside = { ...parameters, redirect_uri: 'https://app.example.test/invalid' };
    expectCode(await signing.authorize(signing.browser(), { ...outside, request }));
  });

  test('oidcc-refresh-token: gives new tokens for the same person, to the same client only (Core §12)', async () => {
    const offline = { scope: 'openid email offline_access', prompt: 'consent' };
    const { tokens, claims } = await rp.signIn(rp.browser(), offline);
    const refresh = { grant_type: 'refresh_token', refresh_token: tokens.refreshToken };
    expect((await other.token(refresh)).body['error']).toBe('invalid_grant');
    const refreshed = await rp.token(refresh);
    expect(refreshed.body).not.toHaveProperty('error');
    const again = await rp.verify(refreshed.idToken);
    expect(again).toMatchObject({ sub: claims.sub, iss: claims.iss, aud: claims.aud });
    expect(again['auth_time']).toBe(claims['auth_time']);
    expect(refreshed.accessToken).not.toBe(tokens.accessToken);
    expect((await rp.userinfo(refreshed.accessToken))['sub']).toBe(claims.sub);
  });

  test('oidcc-ensure-request-with-valid-pkce-succeeds (RFC 7636 §4)', async () => {
    const verifier = 'v'.repeat(43);
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
    const challenge = {
      code_challenge: Buffer.from(digest).toString('base64url'),
      code_challenge_method: 'S256',
    };
    const right = await rp.redeem(await rp.authorize(rp.browser(), challenge), { code_verifier: verifier });
    expect(right.answer.status).toBe(200);
    const wrong = await rp.redeem(await rp.authorize(rp.browser(), challenge), {
      code_verifier: 'w'.repeat(43),
    });
    expect(wrong.body['error']).toBe('invalid_grant');
    const without = await rp.redeem(await rp.authorize(rp.browser(), challenge));
    expect(without.body['error']).toBe('invalid_grant');
  });
}
