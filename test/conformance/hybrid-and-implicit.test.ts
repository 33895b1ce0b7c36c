import { createHash } from 'node:crypto';
import * as jose from 'jose';
import { postForm, send, json } from '../support/relying-party-requests.js';
import type { UserAgent } from '../support/relying-party-user-agent.js';
import { endpoint, startProvider, type OpenIdProvider } from './openid-provider.js';
import { RelyingParty, unsignedRequest, type AuthorizationResponse } from './relying-party.js';

// The plans `oidcc-implicit-certification-test-plan` and `oidcc-hybrid-certification-test-plan`. What has nothing to do
// with the response type is looked at in the plan for codes.

const RESPONSE_TYPES = ['id_token', 'id_token token', 'code id_token', 'code token', 'code id_token token'];
const EVERYTHING = 'openid profile email address phone';

let op: OpenIdProvider;

beforeAll(async () => {
  op = await startProvider();
});

afterAll(() => op.stop());

test('oidcc-discovery-endpoint-verification: tells the response types and the grant type (Discovery §3)', () => {
  expect(op.metadata['response_types_supported']).toEqual(expect.arrayContaining(RESPONSE_TYPES));
  expect(op.metadata['grant_types_supported']).toEqual(expect.arrayContaining(['implicit']));
});

/** The left half of the hash of a value, for RS256. @see OpenID Connect Core 1.0 §3.3.2.11 */
const halfHash = (value: string): string =>
  createHash('sha256').update(value).digest().subarray(0, 16).toString('base64url');

describe.each(RESPONSE_TYPES)('response_type=%s', (responseType) => {
  const types = responseType.split(' ');
  const gives = (name: string): boolean => types.includes(name);
  let rp: RelyingParty;
  let signedIn: UserAgent;

  beforeAll(async () => {
    const scopes = [...EVERYTHING.split(' '), ...(gives('code') ? ['offline_access'] : [])];
    const client = await op.fixture.client({ scopes, metadata: { response_types: [responseType] } });
    rp = new RelyingParty(op, client);
    signedIn = rp.browser();
    await authorize({}, signedIn);
  });

  const authorize = (extra: Readonly<Record<string, string>> = {}, agent = rp.browser()) =>
    rp.authorize(agent, { response_type: responseType, ...extra });

  /** Looks at everything that came by the browser. @returns the claims of the ID token; empty without one */
  async function verified({ mode, parameters, state, nonce }: AuthorizationResponse, expected = 'fragment') {
    expect([mode, parameters.get('state'), parameters.get('iss')]).toEqual([expected, state, op.issuer]);
    const [code, accessToken] = [parameters.get('code'), parameters.get('access_token')];
    expect([code !== null, accessToken !== null, parameters.has('id_token')]).toEqual(
      ['code', 'token', 'id_token'].map(gives),
    );
    if (accessToken !== null) expect(parameters.get('token_type')?.toLowerCase()).toBe('bearer');
    if (!gives('id_token')) return {};
    const claims = await rp.verify(parameters.get('id_token') ?? '', nonce);
    expect(claims['at_hash']).toBe(accessToken === null ? undefined : halfHash(accessToken));
    expect(claims['c_hash']).toBe(code === null ? undefined : halfHash(code));
    return claims;
  }

  function expectError({ mode, parameters, state }: AuthorizationResponse, error: string): void {
    expect([mode, parameters.get('error'), parameters.get('state')]).toEqual(['fragment', error, state]);
    for (const name of ['code', 'id_token', 'access_token']) expect(parameters.has(name)).toBe(false);
  }

  /** What is known of the person to whoever holds everything that came. */
  async function claimsOf(response: AuthorizationResponse): Promise<Readonly<Record<string, unknown>>> {
    const inIdToken = await verified(response);
    if (responseType === 'id_token') return inIdToken;
    const accessToken = response.parameters.get('access_token') ?? (await rp.redeem(response)).accessToken;
    return { ...inIdToken, ...(await rp.userinfo(accessToken)) };
  }

  test('oidcc-server, oidcc-idtoken-signature: gives all that it names, bound to each other (Core §3.2.2, §3.3.2)', async () => {
    const response = await authorize();
    expect(response.askedToSignIn).toBe(true);
    const claims = await claimsOf(response);
    expect(claims['sub']).toBe(op.user.id);
    if (gives('id_token')) {
      const idToken = response.parameters.get('id_token') ?? '';
      expect(jose.decodeProtectedHeader(idToken)).toMatchObject({
        alg: 'RS256',
        kid: expect.any(String) as string,
      });
    }
  });

  test('oidcc-scope-all, oidcc-claims-essential: claims come with the ID token only where nothing else could give them (Core §5.4, §5.5)', async () => {
    const response = await authorize({ scope: EVERYTHING }, signedIn);
    const names = ['name', 'email', 'address', 'phone_number'];
    const inIdToken = await verified(response);
    for (const name of names) expect(name in inIdToken).toBe(responseType === 'id_token');
    expect(Object.keys(await claimsOf(response))).toEqual(expect.arrayContaining(names));
    const member = responseType === 'id_token' ? 'id_token' : 'userinfo';
    const claims = JSON.stringify({ [member]: { name: { essential: true } } });
    expect(await claimsOf(await authorize({ claims }, signedIn))).toHaveProperty('name');
  });

  test('oidcc-ensure-request-without-nonce-fails, or -succeeds-for-code-flow without an ID token (Core §3.2.2.1, §3.3.2.11)', async () => {
    const response = await authorize({ nonce: '' }, signedIn);
    if (gives('id_token')) expectError(response, 'invalid_request');
    else await verified(response);
  });

  test('oidcc-prompt-none-logged-in, oidcc-id-token-hint, oidcc-max-age-10000: go on without a page (Core §3.1.2.1)', async () => {
    const first = await verified(await authorize({}, signedIn));
    const hint = gives('id_token')
      ? { id_token_hint: (await authorize({}, signedIn)).parameters.get('id_token') ?? '' }
      : {};
    const response = await authorize({ prompt: 'none', max_age: '10000', ...hint }, signedIn);
    expect(response.askedToSignIn).toBe(false);
    expect((await verified(response)).sub).toBe(first.sub);
  });

  test('oidcc-prompt-none-not-logged-in: is refused as login_required, in the fragment (Core §3.2.2.6, §3.3.2.6)', async () => {
    expectError(await authorize({ prompt: 'none' }), 'login_required');
  });

  test('oidcc-prompt-login: asks again (Core §3.1.2.1)', async () => {
    const response = await authorize({ prompt: 'login' }, signedIn);
    expect(response.askedToSignIn).toBe(true);
    await verified(response);
  });

  test('oidcc-ensure-registered-redirect-uri: another address is never gone to (Core §3.2.2.1)', async () => {
    const response = await authorize({ redirect_uri: 'https://app.example.test/other' });
    expect([response.mode, response.page?.status]).toEqual(['page', 400]);
  });

  test('oidcc-request-uri-unsigned, oidcc-unsigned-request-object: are refused in the fragment (Core §6.1, §6.2)', async () => {
    const away = { request_uri: 'https://app.example.test/request' };
    expectError(await authorize(away, signedIn), 'request_uri_not_supported');
    const parameters = rp.parameters({ response_type: responseType });
    const request = unsignedRequest({ ...parameters, iss: rp.client.clientId, aud: op.issuer });
    expectError(await authorize({ ...parameters, request }, signedIn), 'invalid_request_object');
  });

  test('oidcc-formpost-*: comes by a form where that is asked for (OAuth 2.0 Form Post Response Mode §2)', async () => {
    await verified(await authorize({ response_mode: 'form_post' }, signedIn), 'form_post');
  });

  if (gives('token')) {
    test('oidcc-userinfo-get, -post-header, -post-body: take the token each way (Core §5.3.1, RFC 6750 §2)', async () => {
      const { parameters } = await authorize({}, signedIn);
      const accessToken = parameters.get('access_token') ?? '';
      const address = endpoint(op, 'userinfo_endpoint');
      const headers = { authorization: `Bearer ${accessToken}` };
      const answers = [
        await send(address, { headers }),
        await postForm(address, '', { headers }),
        await postForm(address, { access_token: accessToken }),
      ];
      expect(answers.map((answer) => json(answer)['sub'])).toEqual(Array(3).fill(op.user.id));
    });
  }

  if (gives('code')) {
    test('oidcc-codereuse: a code counts once (Core §3.1.3.2, RFC 6749 §4.1.2)', async () => {
      const response = await authorize({}, signedIn);
      const tokens = await rp.redeem(response);
      expect((await rp.verify(tokens.idToken, response.nonce)).sub).toBe(op.user.id);
      expect((await rp.redeem(response)).body['error']).toBe('invalid_grant');
    });

    test('oidcc-refresh-token: gives new tokens for the same person (Core §12)', async () => {
      const offline = { scope: 'openid offline_access', prompt: 'consent' };
      const tokens = await rp.redeem(await authorize(offline));
      const refreshed = await rp.token({
        grant_type: 'refresh_token',
        refresh_token: tokens.refreshToken,
      });
      expect((await rp.verify(refreshed.idToken)).sub).toBe(op.user.id);
    });
  }
});
