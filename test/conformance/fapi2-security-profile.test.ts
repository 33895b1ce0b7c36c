import * as jose from 'jose';
import { ageArtifacts } from '../support/age-artifacts.js';
import { json, send } from '../support/relying-party-requests.js';
import { codeIn, formOf, UserAgent } from '../support/relying-party-user-agent.js';
import { FapiClient, makeKey } from './fapi-client.js';
import { endpoint, startProvider, type OpenIdProvider } from './openid-provider.js';

// The plan `fapi2-security-profile-final-test-plan` with private_key_jwt, DPoP, OpenID Connect, an unsigned request and a
// plain response. Its modules' names all begin with `fapi2-security-profile-final-`, which is left out here.

let op: OpenIdProvider;
let one: FapiClient;
let other: FapiClient;

beforeAll(async () => {
  // What waits is aged in the database.
  op = await startProvider('', { REDIS_URL: '' });
  [one, other] = await Promise.all([FapiClient.register(op), FapiClient.register(op)]);
});

afterAll(() => op.stop());

const NOW = (): number => Math.floor(Date.now() / 1000);

const expectRefusal = (
  answer: Awaited<ReturnType<FapiClient['redeem']>>,
  errors: readonly string[],
): void => {
  expect([400, 401]).toContain(answer.status);
  expect(errors).toContain(json(answer)['error']);
};

describe('discovery-end-point-verification', () => {
  test('offers what the profile needs (§5.3.2.1, RFC 8414 §2, RFC 9126 §5, RFC 9207 §3)', () => {
    expect(op.metadata).toMatchObject({
      pushed_authorization_request_endpoint: `${op.issuer}/par`,
      authorization_response_iss_parameter_supported: true,
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: expect.arrayContaining(['private_key_jwt']) as string[],
      dpop_signing_alg_values_supported: expect.arrayContaining(['ES256']) as string[],
      id_token_signing_alg_values_supported: expect.arrayContaining(['ES256', 'EdDSA']) as string[],
      response_types_supported: expect.arrayContaining(['code']) as string[],
    });
  });
});

describe('happy-flow', () => {
  test('gives a bound token and a valid ID token (§5.3.2, §5.4.1, RFC 9449 §5, §7)', async () => {
    const pushed = await one.push({ scope: 'openid email' });
    expect(pushed.answer.status).toBe(201);
    const lifetime = Number(json(pushed.answer)['expires_in']);
    expect([lifetime > 0, lifetime < 600]).toEqual([true, true]);
    const callback = await one.callback(pushed.requestUri);
    expect(Object.fromEntries(callback.searchParams)).toMatchObject({
      iss: op.issuer,
      state: pushed.parameters['state'],
    });
    const answer = await one.redeem({ code: codeIn(callback), verifier: pushed.verifier });
    const tokens = json(answer);
    expect([answer.status, String(tokens['token_type'])]).toEqual([200, 'DPoP']);
    const keys = jose.createRemoteJWKSet(new URL(endpoint(op, 'jwks_uri')));
    const { payload, protectedHeader } = await jose.jwtVerify(String(tokens['id_token']), keys, {
      issuer: op.issuer,
      audience: one.client.clientId,
    });
    expect(['PS256', 'ES256', 'EdDSA']).toContain(protectedHeader.alg);
    expect(payload).toMatchObject({ sub: op.user.id, nonce: pushed.parameters['nonce'] });
    const userinfo = await one.userinfo(String(tokens['access_token']));
    expect(json(userinfo)).toMatchObject({ sub: op.user.id, email: op.user.email });
  });

  test('user-rejects-authentication: the client is told so (§5.3.2.2, RFC 6749 §4.1.2.1)', async () => {
    const { requestUri, parameters } = await one.push();
    const callback = await one.cancel(requestUri);
    expect(Object.fromEntries(callback.searchParams)).toMatchObject({
      error: 'access_denied',
      state: parameters['state'],
      iss: op.issuer,
    });
  });

  test('ensure-authorization-request-without-state-success (RFC 6749 §4.1.1)', async () => {
    const callback = await one.callback((await one.push({ state: '' })).requestUri);
    expect([callback.searchParams.has('code'), callback.searchParams.has('state')]).toEqual([true, false]);
  });

  test('ensure-authorization-request-with-long-state, with-64-char-nonce, with-long-nonce, without-nonce (Core §3.1.2.1)', async () => {
    const long = 's'.repeat(384);
    const callback = await one.callback((await one.push({ state: long })).requestUri);
    expect(callback.searchParams.get('state')).toBe(long);
    for (const nonce of ['n'.repeat(64), 'n'.repeat(384), '']) {
      const tokens = json(await one.redeem(await one.code({ nonce })));
      expect(jose.decodeJwt(String(tokens['id_token']))['nonce'] ?? '').toBe(nonce);
    }
  });

  test('ensure-other-scope-order-succeeds (RFC 6749 §3.3)', async () => {
    expect((await one.redeem(await one.code({ scope: 'email openid' }))).status).toBe(200);
  });

  test('access-token-type-header-case-sensitivity: DPoP is no matter of case (RFC 9110 §11.1)', async () => {
    const accessToken = String(json(await one.redeem(await one.code()))['access_token']);
    for (const scheme of ['DPoP', 'dpop', 'DPOP']) {
      expect((await one.userinfo(accessToken, scheme)).status).toBe(200);
    }
  });

  test('refresh-token: stays the same, bound to the client, which may use it again (§5.3.2.1 no. 10)', async () => {
    const tokens = json(
      await one.redeem(await one.code({ scope: 'openid offline_access', prompt: 'consent' })),
    );
    const body = {
      grant_type: 'refresh_token',
      refresh_token: String(tokens['refresh_token']),
      ...{ code: '', code_verifier: '', redirect_uri: '' },
    };
    for (const _use of [1, 2]) {
      const refreshed = await one.redeem({ code: '', verifier: '' }, { body });
      expect(json(refreshed)).toMatchObject({ token_type: 'DPoP', refresh_token: tokens['refresh_token'] });
    }
    expectRefusal(await other.redeem({ code: '', verifier: '' }, { body }), ['invalid_grant']);
  });
});

describe('pushed requests', () => {
  test('ensure-unsigned-authorization-request-without-using-par-fails (§5.3.2.2)', async () => {
    const { parameters } = await one.push();
    const query = new URLSearchParams(parameters);
    query.delete('client_assertion');
    query.delete('client_assertion_type');
    const { url } = await new UserAgent(op.issuer).open(
      `${endpoint(op, 'authorization_endpoint')}?${query.toString()}`,
    );
    expect(url.searchParams.get('error')).toBe('invalid_request');
  });

  test('par-attempt-reuse-request_uri: one that led to a code leads to no other (RFC 9126 §4)', async () => {
    const { requestUri } = await one.push();
    codeIn(await one.callback(requestUri));
    const { page } = await new UserAgent(op.issuer).open(one.address(requestUri));
    expect(page?.text).toContain('invalid_request_uri');
  });

  test('par-attempt-to-use-expired-request_uri (RFC 9126 §2.2, §4)', async () => {
    const { requestUri } = await one.push();
    await ageArtifacts(op.fixture, 90);
    const { page } = await new UserAgent(op.issuer).open(one.address(requestUri));
    expect(page?.text).toContain('invalid_request_uri');
  });

  test('par-ensure-reused-request-uri-prior-to-auth-completion-succeeds (§5.3.2.2 note)', async () => {
    const { requestUri } = await one.push();
    await new UserAgent(op.issuer).open(one.address(requestUri));
    codeIn(await one.callback(requestUri));
  });

  test('par-attempt-to-use-request_uri-for-different-client (RFC 9126 §2.2)', async () => {
    const { requestUri } = await one.push();
    const { page } = await new UserAgent(op.issuer).open(other.address(requestUri));
    expect(page?.text).toMatch(/invalid_request/);
  });

  test('par-attempt-invalid-http-method (RFC 9126 §2.3)', async () => {
    const { parameters } = await one.push();
    const address = endpoint(op, 'pushed_authorization_request_endpoint');
    for (const method of ['GET', 'PUT']) {
      const answer = await send(`${address}?${new URLSearchParams(parameters).toString()}`, { method });
      expect([404, 405]).toContain(answer.status);
    }
  });

  test.each(['urn:ietf:params:oauth:request_uri:made-up', 'https://app.example.test/request'])(
    'par-authorization-request-containing-request_uri-form-param: %s (RFC 9126 §2.1)',
    async (requestUri) => {
      const { answer } = await one.push({ request_uri: requestUri });
      expectRefusal(answer, ['invalid_request', 'request_uri_not_supported']);
    },
  );

  test('par-without-duplicate-parameters: client_id and request_uri are enough (RFC 9126 §4)', async () => {
    const { requestUri } = await one.push();
    expect([...new URL(one.address(requestUri)).searchParams.keys()]).toEqual(['client_id', 'request_uri']);
    codeIn(await one.callback(requestUri));
  });

  test('state-only-outside-request-object-not-used, ensure-different-state-inside-and-outside: what was pushed counts (RFC 9101 §6.3)', async () => {
    const without = await one.callback((await one.push({ state: '' })).requestUri, { state: 'outside' });
    expect(without.searchParams.get('state')).toBeNull();
    const pushed = await one.push();
    const callback = await one.callback(pushed.requestUri, { state: 'outside' });
    expect(callback.searchParams.get('state')).toBe(pushed.parameters['state']);
  });

  test('ensure-request-object-without-redirect-uri-fails, ensure-redirect-uri-in-authorization-request (§5.3.2.2)', async () => {
    expectRefusal((await one.push({ redirect_uri: '' })).answer, ['invalid_request']);
  });

  test.each(['code id_token', 'code token', 'id_token'])(
    'ensure-response-type-code-idtoken-fails, ensure-response-type-token-fails: %s, although it is offered to others (§5.3.2.2)',
    async (responseType) => {
      const { answer } = await one.push({ response_type: responseType });
      expect(answer.status).toBe(400);
      expect(['invalid_request', 'unsupported_response_type', 'unauthorized_client']).toContain(
        json(answer)['error'],
      );
    },
  );

  test('ensure-registered-redirect-uri (§5.3.2.2, RFC 9700 §2.1)', async () => {
    const { answer } = await one.push({ redirect_uri: 'https://app.example.test/other' });
    expectRefusal(answer, ['invalid_request', 'invalid_redirect_uri']);
  });

  test.each(['token', 'code id_token', 'none'])(
    'ensure-response-type-%s-fails: only the code comes by the browser (§5.3.2.2)',
    async (responseType) => {
      const { answer } = await one.push({ response_type: responseType });
      expectRefusal(answer, ['unsupported_response_type', 'unauthorized_client', 'invalid_request']);
    },
  );

  test('par-ensure-pkce-required, par-plain-pkce-rejected (§5.3.2.2, RFC 7636)', async () => {
    const without = await one.push({ code_challenge: '', code_challenge_method: '' });
    expectRefusal(without.answer, ['invalid_request']);
    expectRefusal((await one.push({ code_challenge_method: 'plain' })).answer, ['invalid_request']);
  });

  test('ensure-request-object-signature-algorithm-is-not-none, ensure-signed-request-object-with-RS256-fails (§5.4.1)', async () => {
    const claims = {
      client_id: one.client.clientId,
      response_type: 'code',
      redirect_uri: one.client.redirectUri,
    };
    const times = { iss: one.client.clientId, aud: op.issuer, nbf: NOW(), exp: NOW() + 60 };
    const request = new jose.UnsecuredJWT({ ...claims, ...times }).encode();
    expectRefusal((await one.push({ request })).answer, ['invalid_request_object']);
    const signed = await new jose.SignJWT({ ...claims, ...times })
      .setProtectedHeader({ alg: 'RS256', kid: 'rs' })
      .sign(one.rsaKey.privateKey);
    expectRefusal((await one.push({ request: signed })).answer, ['invalid_request_object']);
  });
});

describe('client assertions', () => {
  const REFUSED: readonly [string, () => Readonly<Record<string, unknown>>][] = [
    ['ensure-client-assertion-with-exp-is-5-minutes-in-past-fails', () => ({ exp: NOW() - 300 })],
    ['ensure-client-assertion-with-no-sub-fails', () => ({ sub: undefined })],
    ['ensure-client-assertion-with-wrong-aud-fails', () => ({ aud: 'https://other.example.test' })],
    ['par-test-array-as-audience-fails', () => ({ aud: [op.issuer] })],
    ['par-test-par-endpoint-url-as-audience-fails', () => ({ aud: `${op.issuer}/par` })],
    ['par-test-token-endpoint-url-as-audience-fails', () => ({ aud: endpoint(op, 'token_endpoint') })],
    ['par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails', () => ({ nbf: NOW() + 70 })],
  ];

  test.each(REFUSED)('%s (§5.3.2.1, RFC 7523 §3)', async (_name, claims) => {
    expectRefusal((await one.push(await one.assertion(claims()))).answer, ['invalid_client']);
    const code = await one.code();
    const answer = await one.redeem(code, { body: await one.assertion(claims()) });
    expectRefusal(answer, ['invalid_client']);
  });

  test('par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted (§5.3.2.1 no. 13)', async () => {
    const { answer } = await one.push(await one.assertion({ nbf: NOW() + 8, iat: NOW() + 8 }));
    expect(answer.status).toBe(201);
  });

  test('ensure-signed-client-assertion-with-RS256-fails (§5.4.1)', async () => {
    expectRefusal((await one.push(await one.assertion({}, 'RS256'))).answer, ['invalid_client']);
  });

  test('ensure-client-assertion-in-token-endpoint (§5.3.2.1)', async () => {
    const body = { client_assertion: '', client_assertion_type: '', client_id: one.client.clientId };
    expectRefusal(await one.redeem(await one.code(), { body }), ['invalid_client', 'invalid_request']);
  });

  test('ensure-client-id-in-token-endpoint: that of another client fails (RFC 6749 §4.1.3)', async () => {
    const body = { client_id: other.client.clientId };
    expectRefusal(await one.redeem(await one.code(), { body }), ['invalid_client', 'invalid_request']);
  });

  test('an assertion counts once (RFC 7523 §3)', async () => {
    const assertion = await one.assertion();
    expect((await one.push(assertion)).answer.status).toBe(201);
    expectRefusal((await one.push(assertion)).answer, ['invalid_client']);
  });
});

describe('codes', () => {
  test('ensure-authorization-code-is-bound-to-client (RFC 6749 §4.1.3)', async () => {
    expectRefusal(await other.redeem(await one.code()), ['invalid_grant']);
  });

  test('ensure-token-endpoint-fails-with-expired-auth-code (RFC 6749 §4.1.2)', async () => {
    const code = await one.code();
    await ageArtifacts(op.fixture, 90);
    expectRefusal(await one.redeem(code), ['invalid_grant']);
  });

  test('attempt-reuse-authorization-code-after-one-second (RFC 6749 §4.1.2)', async () => {
    const code = await one.code();
    expect((await one.redeem(code)).status).toBe(200);
    expectRefusal(await one.redeem(code), ['invalid_grant']);
  });

  test('ensure-pkce-code-verifier-required, incorrect-pkce-code-verifier-rejected (RFC 7636 §4.6)', async () => {
    const { code } = await one.code();
    expectRefusal(await one.redeem({ code, verifier: '' }), ['invalid_grant', 'invalid_request']);
    const again = await one.code();
    expectRefusal(await one.redeem({ ...again, verifier: 'w'.repeat(43) }), ['invalid_grant']);
  });
});

describe('DPoP', () => {
  const proofFor = (claims: Readonly<Record<string, unknown>>) =>
    one.proof('POST', endpoint(op, 'token_endpoint'), { claims });

  test('ensure-holder-of-key-required (§5.3.2.1 no. 5)', async () => {
    expectRefusal(await one.redeem(await one.code(), { headers: {} }), [
      'invalid_grant',
      'invalid_dpop_proof',
    ]);
  });

  test('ensure-dpopproof-with-iat-10seconds-before-succeeds, -after-succeeds (§5.3.2.1 no. 13)', async () => {
    for (const iat of [NOW() - 10, NOW() + 10]) {
      expect((await one.redeem(await one.code(), { headers: await proofFor({ iat }) })).status).toBe(200);
    }
  });

  test('check-dpop-proof-nbf-exp: expired and not yet valid ones fail (RFC 9449 §4.3)', async () => {
    for (const claims of [{ exp: NOW() - 60 }, { nbf: NOW() + 60 }]) {
      const answer = await one.redeem(await one.code(), { headers: await proofFor(claims) });
      expectRefusal(answer, ['invalid_dpop_proof']);
    }
  });

  const WRONG: readonly [string, () => Readonly<Record<string, unknown>>][] = [
    ['another method', () => ({ htm: 'GET' })],
    ['another address', () => ({ htu: 'https://other.example.test/token' })],
    ['no address', () => ({ htu: undefined })],
    ['no jti', () => ({ jti: undefined })],
    ['no iat', () => ({ iat: undefined })],
    ['an old iat', () => ({ iat: NOW() - 3600 })],
  ];

  test.each(WRONG)('dpop-negative-tests: %s (RFC 9449 §4.3)', async (_name, claims) => {
    const answer = await one.redeem(await one.code(), { headers: await proofFor(claims()) });
    expectRefusal(answer, ['invalid_dpop_proof', 'use_dpop_nonce']);
  });

  test('dpop-negative-tests: a proof counts once, and for its token and key only (RFC 9449 §7.1, §11.1)', async () => {
    const headers = await proofFor({});
    expect((await one.redeem(await one.code(), { headers })).status).toBe(200);
    const replayed = await one.redeem(await one.code(), { headers });
    expectRefusal(replayed, ['invalid_dpop_proof', 'invalid_grant']);
    const accessToken = String(json(await one.redeem(await one.code()))['access_token']);
    const bearer = await send(endpoint(op, 'userinfo_endpoint'), {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    expect(bearer.status).toBe(401);
    expect((await one.userinfo(accessToken, 'DPoP', await makeKey())).status).toBe(401);
  });

  const thumbprint = () => jose.calculateJwkThumbprint(one.dpopKey.jwk);

  test('ensure-dpop-auth-code-binding-success, ensure-dpopproof-at-par-endpoint-binding-success (RFC 9449 §10)', async () => {
    const bound = await one.code({ dpop_jkt: await thumbprint() });
    expect((await one.redeem(bound)).status).toBe(200);
    const address = endpoint(op, 'pushed_authorization_request_endpoint');
    const proved = await one.code({}, await one.proof('POST', address));
    expect((await one.redeem(proved)).status).toBe(200);
  });

  test('ensure-mismatched-dpop-jkt-fails: another than that of the proof (RFC 9449 §10.1)', async () => {
    const address = endpoint(op, 'pushed_authorization_request_endpoint');
    const { jwk } = await makeKey();
    const { answer } = await one.push(
      { dpop_jkt: await jose.calculateJwkThumbprint(jwk) },
      await one.proof('POST', address),
    );
    expectRefusal(answer, ['invalid_request', 'invalid_dpop_proof']);
  });

  test('ensure-token-endpoint-fails-with-mismatched-dpop-jkt, -dpop-proof-jkt (RFC 9449 §10)', async () => {
    const bound = await one.code({ dpop_jkt: await thumbprint() });
    const key = await makeKey();
    const headers = await one.proof('POST', endpoint(op, 'token_endpoint'), { key });
    expectRefusal(await one.redeem(bound, { headers }), ['invalid_grant', 'invalid_dpop_proof']);
  });
});

describe('claims', () => {
  test('test-claims-parameter-identity-claims (Core §5.5)', async () => {
    const claims = JSON.stringify({ id_token: { email: { essential: true } } });
    const tokens = json(await one.redeem(await one.code({ claims })));
    expect(jose.decodeJwt(String(tokens['id_token']))['email']).toBe(op.user.email);
  });
});

test('a page of the provider stands between the request and the code: nobody signs in unasked', async () => {
  const { requestUri } = await one.push();
  const { page } = await new UserAgent(op.issuer).open(one.address(requestUri));
  if (!page) throw new Error('Nobody was asked.');
  expect(formOf(page, '/login').action).toContain('/interaction/');
});
