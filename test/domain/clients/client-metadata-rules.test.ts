import { generateKeyPairSync } from 'node:crypto';
import { DEVICE_CODE_GRANT, tokenEndpointAuthMethod } from '../../../src/domain/clients/client-defaults.js';
import { registerClient, type RegisterClientInput } from '../../../src/domain/clients/register-client.js';
import type { JsonObject, JsonValue } from '../../../src/domain/json.js';
import { createClientUseCaseDeps } from '../../support/client-use-case-deps.js';
import { codesOf, faultsOf, web } from '../../support/registration-faults.js';

const publicJwk = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }) as JsonObject;
const jwks = { keys: [publicJwk] };
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
    ['response_types', ['id_token token'], 'metadata_not_supported'],
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
