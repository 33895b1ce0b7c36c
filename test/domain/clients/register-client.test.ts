import { generateKeyPairSync } from 'node:crypto';
import type { ClientType } from '../../../src/domain/clients/client.js';
import {
  DEVICE_CODE_GRANT,
  grantTypes,
  responseTypes,
  tokenEndpointAuthMethod,
} from '../../../src/domain/clients/client-defaults.js';
import { registerClient, type RegisterClientInput } from '../../../src/domain/clients/register-client.js';
import { DomainError, type FieldFault } from '../../../src/domain/errors.js';
import type { JsonObject, JsonValue } from '../../../src/domain/json.js';
import { createClientUseCaseDeps } from '../../support/client-use-case-deps.js';

const publicJwk = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }) as JsonObject;
const jwks = { keys: [publicJwk] };
const web: RegisterClientInput = {
  name: 'Shop',
  type: 'web',
  redirectUris: ['https://shop.example.com/callback'],
};

async function faultsOf(input: RegisterClientInput): Promise<readonly FieldFault[]> {
  try {
    await registerClient(createClientUseCaseDeps(), input);
    return [];
  } catch (error) {
    if (error instanceof DomainError && error.code === 'invalid_input') return error.faults;
    throw error;
  }
}

const codesOf = async (input: RegisterClientInput) =>
  (await faultsOf(input)).map(({ field, code }) => `${field}: ${code}`);

describe('registerClient', () => {
  it.each<[ClientType, Partial<RegisterClientInput>, object]>([
    [
      'web',
      { redirectUris: ['https://a.example/cb'] },
      {
        grants: ['authorization_code', 'refresh_token'],
        responses: ['code'],
        method: 'client_secret_basic',
        scopes: ['openid', 'profile', 'email', 'offline_access'],
        secrets: 1,
      },
    ],
    [
      'spa',
      { redirectUris: ['https://a.example/cb'] },
      {
        grants: ['authorization_code', 'refresh_token'],
        responses: ['code'],
        method: 'none',
        scopes: ['openid', 'profile', 'email'],
        secrets: 0,
      },
    ],
    [
      'native',
      { redirectUris: ['com.example.app:/cb'] },
      {
        grants: ['authorization_code', 'refresh_token'],
        responses: ['code'],
        method: 'none',
        scopes: ['openid', 'profile', 'email', 'offline_access'],
        secrets: 0,
      },
    ],
    [
      'service',
      {},
      {
        grants: ['client_credentials'],
        responses: [],
        method: 'client_secret_basic',
        scopes: [],
        secrets: 1,
      },
    ],
    [
      'device',
      {},
      {
        grants: [DEVICE_CODE_GRANT, 'refresh_token'],
        responses: [],
        method: 'none',
        scopes: ['openid', 'profile', 'email', 'offline_access'],
        secrets: 0,
      },
    ],
  ])('gives a %s client the defaults that are safe for it', async (type, input, expected) => {
    const { client, secret } = await registerClient(createClientUseCaseDeps(), { name: 'A', type, ...input });
    expect({
      grants: grantTypes(client),
      responses: responseTypes(client),
      method: tokenEndpointAuthMethod(client),
      scopes: client.scopes,
      secrets: client.secrets.length,
    }).toEqual(expected);
    expect(secret === undefined).toBe(client.secrets.length === 0);
    expect(client).toMatchObject({ firstParty: false, resources: [], allowedOrigins: [], metadata: {} });
  });

  it('stores the client and only a hash of its secret', async () => {
    const deps = createClientUseCaseDeps();
    const { client, secret } = await registerClient(deps, web);
    expect(client.clientId).toMatch(/^web-[A-Za-z0-9_-]{12}$/);
    expect(secret).toMatch(/^lk_cs_[A-Za-z0-9_-]{43}$/);
    expect(await deps.clients.find(client.clientId)).toEqual(client);
    expect(client.secrets).toMatchObject([{ hash: `hash of ${secret}`, expiresAt: undefined }]);
    expect(client).toMatchObject({ source: 'database', createdAt: deps.clock.now() });
  });

  it('takes a given id, once', async () => {
    const deps = createClientUseCaseDeps();
    const { client } = await registerClient(deps, { ...web, clientId: 'my.shop' });
    expect(client.clientId).toBe('my.shop');
    await expect(registerClient(deps, { ...web, clientId: 'my.shop' })).rejects.toMatchObject({
      code: 'already_exists',
    });
    await expect(registerClient(deps, { ...web, clientId: 'declared' })).rejects.toMatchObject({
      code: 'already_exists',
    });
  });

  it('names all faults at once', async () => {
    const input: RegisterClientInput = {
      clientId: 'a b',
      name: ' ',
      type: 'web',
      redirectUris: ['https://a.example/cb', 'http://a.example/cb', '/cb'],
      postLogoutRedirectUris: ['https://a.example/#'],
      backchannelLogoutUri: 'http://a.example/logout',
      scopes: ['openid', 'orders:write'],
      resources: ['https://other.example'],
      allowedOrigins: ['https://a.example/', '*'],
      metadata: { client_secret: 'x', nonsense: 1 },
    };
    expect(await codesOf(input)).toEqual([
      'client_id: client_id_invalid',
      'name: name_missing',
      'redirect_uris/1: redirect_uri_http',
      'redirect_uris/2: redirect_uri_not_absolute',
      'post_logout_redirect_uris/0: redirect_uri_fragment',
      'backchannel_logout_uri: backchannel_logout_uri_invalid',
      'scope: scope_unknown',
      'resources/0: resource_unknown',
      'allowed_origins/0: origin_invalid',
      'allowed_origins/1: origin_invalid',
      'metadata/client_secret: metadata_owned_by_server',
      'metadata/nonsense: metadata_unknown',
    ]);
  });

  it.each<[string, RegisterClientInput, string]>([
    ['no redirect URI', { name: 'A', type: 'spa' }, 'redirect_uris: redirect_uri_missing'],
    [
      'a redirect URI of a service',
      { name: 'A', type: 'service', redirectUris: ['https://a.example/'] },
      'redirect_uris: redirect_uri_not_used',
    ],
    [
      'a post-logout redirect URI of a device',
      { name: 'A', type: 'device', postLogoutRedirectUris: ['https://a.example/'] },
      'post_logout_redirect_uris: redirect_uri_not_used',
    ],
    [
      'a service that asks for an end user',
      { name: 'A', type: 'service', scopes: ['openid', 'orders:read'] },
      'scope: scope_needs_end_user',
    ],
    [
      'offline_access without refresh tokens',
      { ...web, metadata: { grant_types: ['authorization_code'] } },
      'scope: scope_needs_refresh_token',
    ],
    [
      'a repeated redirect URI',
      { ...web, redirectUris: ['https://a.example/', 'https://a.example/'] },
      'redirect_uris: repeated',
    ],
    [
      'too many redirect URIs',
      { ...web, redirectUris: Array.from({ length: 101 }, (_, i) => `https://a.example/${i}`) },
      'redirect_uris: too_many',
    ],
    ['a name that turns text around', { ...web, name: 'Shop\u202Egro.live' }, 'name: name_invalid'],
    ['a name with a NUL', { ...web, name: 'a\0b' }, 'name: name_invalid'],
    ['a name without an end', { ...web, name: 'x'.repeat(201) }, 'name: name_invalid'],
    [
      'the origin of sandboxed frames',
      { ...web, allowedOrigins: ['null'] },
      'allowed_origins/0: origin_invalid',
    ],
    [
      'an origin with a default port',
      { ...web, allowedOrigins: ['https://a.example:443'] },
      'allowed_origins/0: origin_invalid',
    ],
    [
      'an insecure origin',
      { ...web, allowedOrigins: ['http://a.example'] },
      'allowed_origins/0: origin_invalid',
    ],
    [
      'an origin with a wildcard',
      { ...web, allowedOrigins: ['https://*.example'] },
      'allowed_origins/0: origin_invalid',
    ],
  ])('refuses %s', async (_, input, expected) => {
    expect(await codesOf(input)).toContain(expected);
  });
});

describe('client metadata (RFC 7591 §2)', () => {
  it('accepts what it knows', async () => {
    const metadata: JsonObject = {
      client_uri: 'https://shop.example.com',
      logo_uri: 'https://shop.example.com/logo.png',
      policy_uri: 'http://localhost:3000/policy',
      tos_uri: 'https://shop.example.com/tos',
      initiate_login_uri: 'https://shop.example.com/login',
      contacts: ['ops@example.com'],
      software_id: 'shop',
      software_version: '1',
      default_max_age: 0,
      require_auth_time: true,
      jwks,
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'EdDSA',
      id_token_signed_response_alg: 'ES256',
      userinfo_signed_response_alg: 'RS256',
      request_object_signing_alg: 'EdDSA',
      require_signed_request_object: true,
      require_pushed_authorization_requests: true,
      dpop_bound_access_tokens: true,
      response_modes: ['query', 'form_post'],
      subject_type: 'pairwise',
      grant_types: ['authorization_code', 'refresh_token'],
    };
    const { client, secret } = await registerClient(createClientUseCaseDeps(), { ...web, metadata });
    expect(client.metadata).toEqual(metadata);
    expect([secret, client.secrets]).toEqual([undefined, []]);
  });

  it('gives a native client with private_key_jwt no secret', async () => {
    const { client, secret } = await registerClient(createClientUseCaseDeps(), {
      name: 'A',
      type: 'native',
      redirectUris: ['com.example.app:/cb'],
      metadata: { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://a.example/jwks' },
    });
    expect([tokenEndpointAuthMethod(client), secret]).toEqual(['private_key_jwt', undefined]);
  });

  const privateJwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }) as JsonObject;
  const weakJwk = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({
    format: 'jwk',
  }) as JsonObject;

  it.each<[string, JsonValue, string]>([
    ['client_id', 'x', 'metadata_owned_by_server'],
    ['client_secret', 'x', 'metadata_owned_by_server'],
    ['client_name', 'x', 'metadata_owned_by_server'],
    ['redirect_uris', ['https://evil.example/'], 'metadata_owned_by_server'],
    ['scope', 'openid', 'metadata_owned_by_server'],
    ['response_types', ['id_token token'], 'metadata_owned_by_server'],
    ['application_type', 'native', 'metadata_owned_by_server'],
    ['first_party', true, 'metadata_unknown'],
    ['type', 'service', 'metadata_unknown'],
    ['allowed_scopes', ['admin'], 'metadata_unknown'],
    ['__proto__x', 1, 'metadata_unknown'],
    ['constructor', 1, 'metadata_unknown'],
    ['id_token_encrypted_response_alg', 'dir', 'metadata_not_supported'],
    ['userinfo_encrypted_response_enc', 'A128CBC-HS256', 'metadata_not_supported'],
    ['grant_types', ['implicit'], 'invalid_metadata'],
    ['grant_types', ['password'], 'invalid_metadata'],
    ['grant_types', [DEVICE_CODE_GRANT], 'invalid_metadata'],
    ['grant_types', [], 'invalid_metadata'],
    ['grant_types', ['refresh_token', 'refresh_token'], 'invalid_metadata'],
    ['grant_types', 'authorization_code', 'invalid_metadata'],
    ['token_endpoint_auth_method', 'none', 'invalid_metadata'],
    ['token_endpoint_auth_method', 'client_secret_jwt', 'invalid_metadata'],
    ['token_endpoint_auth_method', 1, 'invalid_metadata'],
    ['id_token_signed_response_alg', 'HS256', 'invalid_metadata'],
    ['id_token_signed_response_alg', 'none', 'invalid_metadata'],
    ['request_object_signing_alg', 'HS256', 'invalid_metadata'],
    ['token_endpoint_auth_signing_alg', 'HS512', 'invalid_metadata'],
    ['client_uri', 'javascript:alert(1)', 'invalid_metadata'],
    ['client_uri', 'http://app.example.com', 'invalid_metadata'],
    ['logo_uri', 'data:image/png;base64,AA', 'invalid_metadata'],
    ['initiate_login_uri', 'http://localhost/', 'invalid_metadata'],
    ['contacts', 'ops@example.com', 'invalid_metadata'],
    ['contacts', ['ops'], 'invalid_metadata'],
    ['default_max_age', -1, 'invalid_metadata'],
    ['default_max_age', 1.5, 'invalid_metadata'],
    ['default_max_age', '60', 'invalid_metadata'],
    ['require_auth_time', 'yes', 'invalid_metadata'],
    ['software_id', '', 'invalid_metadata'],
    ['software_id', 'a\0b', 'invalid_metadata'],
    ['software_id', '\ud800', 'invalid_metadata'],
    ['software_id', null, 'invalid_metadata'],
    ['response_modes', ['web_message'], 'invalid_metadata'],
    ['subject_type', 'ephemeral', 'invalid_metadata'],
    ['jwks', {}, 'invalid_metadata'],
    ['jwks', { keys: [] }, 'invalid_metadata'],
    ['jwks', { keys: ['x'] }, 'invalid_metadata'],
    ['jwks', { keys: [privateJwk] }, 'invalid_metadata'],
    ['jwks', { keys: [weakJwk] }, 'invalid_metadata'],
    ['jwks', { keys: [{ kty: 'oct', k: 'AAAA' }] }, 'invalid_metadata'],
    ['jwks', { keys: [{ kty: 'EC', crv: 'P-256', x: 'x' }] }, 'invalid_metadata'],
    ['jwks_uri', 'https://a.example/#x', 'invalid_metadata'],
  ])('refuses %s = %j: %s', async (key, value, code) => {
    const faults = await faultsOf({ ...web, scopes: ['openid'], metadata: { [key]: value } });
    expect(faults.map((fault) => fault.code)).toEqual([code]);
    expect(faults[0]?.field).toMatch(/^metadata/);
  });

  it.each<[string, Partial<RegisterClientInput>, string]>([
    [
      'both key sets',
      { metadata: { jwks, jwks_uri: 'https://a.example/jwks' } },
      'metadata/jwks_uri: metadata_contradiction',
    ],
    [
      'no key',
      { metadata: { token_endpoint_auth_method: 'private_key_jwt' } },
      'metadata/jwks: metadata_missing',
    ],
    [
      'no key for requests',
      { metadata: { request_object_signing_alg: 'ES256' } },
      'metadata/jwks: metadata_missing',
    ],
    [
      'an assertion algorithm without assertions',
      { metadata: { token_endpoint_auth_signing_alg: 'ES256' } },
      'metadata/token_endpoint_auth_signing_alg: metadata_contradiction',
    ],
    [
      'a session id for no logout',
      { metadata: { backchannel_logout_session_required: true } },
      'metadata/backchannel_logout_session_required: metadata_contradiction',
    ],
    [
      'pairwise subjects over two hosts',
      { metadata: { subject_type: 'pairwise' }, redirectUris: ['https://a.example/', 'https://b.example/'] },
      'metadata/sector_identifier_uri: metadata_missing',
    ],
    [
      'pairwise subjects without a code flow',
      { type: 'device', redirectUris: [], metadata: { subject_type: 'pairwise' } },
      'metadata/subject_type: metadata_contradiction',
    ],
  ])('refuses %s', async (_, input, expected) => {
    expect(await codesOf({ ...web, ...input })).toEqual([expected]);
  });

  it('never repeats a value of the metadata, which may be a secret, in its faults', async () => {
    const faults = await faultsOf({
      ...web,
      metadata: { client_secret: 'hunter2', jwks: { keys: [privateJwk] } },
    });
    expect(JSON.stringify(faults)).not.toContain('hunter2');
    expect(JSON.stringify(faults)).not.toContain(privateJwk['d']);
  });
});
