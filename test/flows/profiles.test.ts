import * as jose from 'jose';
import * as openid from 'openid-client';
import type { JsonObject } from '../../src/domain/json.js';
import { configurationFile } from '../support/configuration-file.js';
import { closeConnections, json, send } from '../support/relying-party-requests.js';
import { UserAgent } from '../support/relying-party-user-agent.js';
import { openFixture, REDIRECT_URI, type Fixture, type TestClient } from '../support/server-fixture.js';
import { complaints, SECRET_KEY } from '../support/server-process.js';
import { startInVain, startServer, type TestServer } from '../support/server.js';
import { createTestDatabase } from '../support/test-database.js';

afterAll(closeConnections);

async function newKey() {
  const { privateKey, publicKey } = await jose.generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await jose.exportJWK(publicKey)), alg: 'ES256', use: 'sig', kid: 'app' };
  return { privateKey, jwks: { keys: [jwk] } as unknown as JsonObject };
}

async function discover({ issuer }: TestServer, client: TestClient, key: jose.CryptoKey) {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- so marked to stand out; the server is on loopback
  const execute = [openid.allowInsecureRequests];
  const authentication = openid.PrivateKeyJwt(
    { key, kid: 'app' },
    {
      [openid.modifyAssertion]: (_header, payload) => {
        payload['aud'] = issuer;
      },
    },
  );
  return openid.discovery(new URL(issuer), client.clientId, {}, authentication, { execute });
}

async function requestOf(client: TestClient) {
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const checks = {
    pkceCodeVerifier,
    expectedState: openid.randomState(),
    expectedNonce: openid.randomNonce(),
  };
  const parameters = {
    redirect_uri: client.redirectUri,
    scope: 'openid email offline_access',
    prompt: 'consent',
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
  };
  return { checks, parameters };
}

async function tellOf({ issuer }: TestServer): Promise<Readonly<Record<string, unknown>>> {
  return json(await send(`${issuer}/.well-known/openid-configuration`));
}

describe('a deployment held to FAPI 2.0 Message Signing', () => {
  let server: TestServer;
  let fixture: Fixture;

  beforeAll(async () => {
    server = await startServer({ env: { CONFIG: configurationFile('profile: fapi2-message-signing') } });
    fixture = await openFixture(server);
  });

  afterAll(async () => {
    await fixture.close();
    await server.stop();
  });

  it('signs in by a signed, pushed request and a signed answer, with tokens that only the app can use', async () => {
    const user = await fixture.user();
    const { privateKey, jwks } = await newKey();
    const client = await fixture.client({ metadata: { jwks } });
    expect(client.clientSecret).toBe('');
    const config = await discover(server, client, privateKey);
    openid.useJwtResponseMode(config);
    const { checks, parameters } = await requestOf(client);
    const signed = await openid.buildAuthorizationUrlWithJAR(
      config,
      { ...parameters, response_mode: 'jwt' },
      { key: privateKey, kid: 'app' },
      {
        [openid.modifyAssertion]: (_header, payload) => {
          payload['nbf'] = payload['iat'] ?? 0;
        },
      },
    );
    const pushed = await openid.buildAuthorizationUrlWithPAR(config, signed.searchParams);
    const callback = await new UserAgent(server.issuer).signIn(pushed.href, user);
    expect([...callback.searchParams.keys()]).toEqual(['response']);

    const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair());
    const tokens = await openid.authorizationCodeGrant(config, callback, checks, undefined, { DPoP });
    expect(tokens.token_type).toBe('dpop');
    expect(jose.decodeProtectedHeader(tokens.id_token ?? '').alg).toBe('ES256');
    const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP });
    // The refresh token is bound to the client's key and stays (FAPI 2.0 Security Profile §5.3.2.1).
    expect(refreshed.refresh_token).toBe(tokens.refresh_token);
    const again = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP });
    expect(again.access_token).not.toBe(refreshed.access_token);
  });

  it('tells in discovery what holds for every client', async () => {
    const algorithms = expect.not.arrayContaining(['RS256']) as string[];
    expect(await tellOf(server)).toMatchObject({
      require_pushed_authorization_requests: true,
      require_signed_request_object: true,
      token_endpoint_auth_methods_supported: expect.not.arrayContaining([
        'none',
        'client_secret_basic',
        'client_secret_post',
      ]) as string[],
      token_endpoint_auth_signing_alg_values_supported: algorithms,
      id_token_signing_alg_values_supported: algorithms,
      request_object_signing_alg_values_supported: algorithms,
      authorization_signing_alg_values_supported: algorithms,
      introspection_signing_alg_values_supported: algorithms,
      response_modes_supported: ['jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt'],
    });
  });

  it('refuses to register what contradicts it, and says why', async () => {
    await expect(fixture.client({ type: 'spa' })).rejects.toMatchObject({
      faults: [{ field: 'type', code: 'profile_contradiction' }],
    });
  });

  it('keeps the pages of the account, and has no public client for the documentation', async () => {
    const agent = new UserAgent(server.issuer);
    expect((await agent.open(`${server.issuer}/account`)).page?.text).toContain('name="username"');
    const script = await send(`${server.issuer}/api/v1/docs/start.js`);
    expect(script.text).toContain('"clientId":""');
  });
});

describe('a client held to FAPI 2.0', () => {
  let server: TestServer;
  let fixture: Fixture;

  beforeAll(async () => {
    server = await startServer();
    fixture = await openFixture(server);
  });

  afterAll(async () => {
    await fixture.close();
    await server.stop();
  });

  it('is so in a deployment that is not, and discovery tells of the others', async () => {
    const { privateKey, jwks } = await newKey();
    const client = await fixture.client({ metadata: { profile: 'fapi2', jwks } });
    const config = await discover(server, client, privateKey);
    const { parameters } = await requestOf(client);
    const plain = await new UserAgent(server.issuer).open(
      openid.buildAuthorizationUrl(config, parameters).href,
    );
    expect(plain.url.searchParams.get('error_description')).toBe('Pushed Authorization Request must be used');
    const metadata = await tellOf(server);
    expect(metadata).not.toHaveProperty('require_pushed_authorization_requests');
    expect(metadata['token_endpoint_auth_methods_supported']).toContain('client_secret_basic');
  });

  it('is refused from then on where it contradicts a profile that the deployment takes later', async () => {
    const client = await fixture.client();
    const strict = await startServer({
      databaseUrl: server.databaseUrl,
      env: { CONFIG: configurationFile('profile: fapi2') },
    });
    await strict.printed(new RegExp(`"clientId":"${client.clientId}".*contradicts the profile`));
    const url = `${strict.issuer}/authorize?${new URLSearchParams({ client_id: client.clientId, redirect_uri: REDIRECT_URI, response_type: 'code', scope: 'openid' }).toString()}`;
    expect((await new UserAgent(strict.issuer).open(url)).page?.text).toContain('invalid_client');
    await strict.stop();
  });
});

test('a server held to FAPI 2.0 does not start with a declared client that contradicts it', async () => {
  const database = await createTestDatabase();
  const clients = `
  - { client_id: browser, type: spa, redirect_uris: [https://a.example.test/] }
  - { client_id: keyless, redirect_uris: [https://b.example.test/] }`;
  const ended = await startInVain({
    CONFIG: configurationFile(`profile: fapi2\nclients:${clients}`),
    DATABASE_URL: database.url,
    SECRET_KEY,
    PORT: '0',
  });
  await database.drop();
  expect(ended.exitCode).toBe(1);
  expect(complaints(ended)).toEqual([
    expect.stringMatching(/^clients\/browser: type spa has no confidential clients/) as string,
    expect.stringMatching(/^clients\/keyless: metadata\/jwks is missing/) as string,
  ]);
});
