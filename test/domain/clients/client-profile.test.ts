import { underProfile, metadataOfProfile } from '../../../src/domain/clients/client-profile.js';
import { profileFaults } from '../../../src/domain/clients/client-profile-rules.js';
import { clientFaults } from '../../../src/domain/clients/client-rules.js';
import { tokenEndpointAuthMethod, usesSecret } from '../../../src/domain/clients/client-defaults.js';
import type { Client } from '../../../src/domain/clients/client.js';
import type { JsonObject } from '../../../src/domain/json.js';
import { buildClient } from '../../support/build-client.js';

const KEY = { kty: 'EC', crv: 'P-256', x: 'eA', y: 'eQ' };
const JWKS = { keys: [KEY] };

function fapiClient(metadata: JsonObject = {}, over: Partial<Client> = {}): Client {
  return buildClient({ metadata: { profile: 'fapi2', jwks: JWKS, ...metadata }, ...over });
}

const placesAtFault = (client: Client): readonly string[] => profileFaults(client).map(({ field }) => field);

describe('a client that is held to FAPI 2.0', () => {
  it('authenticates by its key unless it says how, and has no secret', () => {
    expect(tokenEndpointAuthMethod(fapiClient())).toBe('private_key_jwt');
    expect(usesSecret(fapiClient())).toBe(false);
    expect(placesAtFault(fapiClient())).toEqual([]);
  });

  it('pushes its requests, binds its tokens and gets ES256, whatever it says', () => {
    expect(metadataOfProfile(fapiClient())).toEqual({
      dpop_bound_access_tokens: true,
      require_pushed_authorization_requests: true,
      id_token_signed_response_alg: 'ES256',
    });
    expect(metadataOfProfile(fapiClient({ id_token_signed_response_alg: 'EdDSA' }))).toMatchObject({
      id_token_signed_response_alg: 'EdDSA',
    });
    expect(
      metadataOfProfile(fapiClient({ tls_client_certificate_bound_access_tokens: true })),
    ).not.toHaveProperty('dpop_bound_access_tokens');
    expect(metadataOfProfile(fapiClient({}, { type: 'service', redirectUris: [] }))).not.toHaveProperty(
      'require_pushed_authorization_requests',
    );
  });

  it('signs its requests and gets signed answers under message signing', () => {
    expect(metadataOfProfile(fapiClient({ profile: 'fapi2-message-signing' }))).toMatchObject({
      require_signed_request_object: true,
      response_modes: ['jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt'],
      authorization_signed_response_alg: 'ES256',
      introspection_signed_response_alg: 'ES256',
    });
  });

  it.each<[JsonObject, string]>([
    [{ token_endpoint_auth_method: 'client_secret_basic' }, 'metadata/token_endpoint_auth_method'],
    [{ dpop_bound_access_tokens: false }, 'metadata/dpop_bound_access_tokens'],
    [{ require_pushed_authorization_requests: false }, 'metadata/require_pushed_authorization_requests'],
    [{ id_token_signed_response_alg: 'RS256' }, 'metadata/id_token_signed_response_alg'],
    [{ token_endpoint_auth_signing_alg: 'RS256' }, 'metadata/token_endpoint_auth_signing_alg'],
    [{ response_types: ['code id_token'] }, 'metadata/response_types'],
    [{ grant_types: ['implicit'] }, 'metadata/grant_types'],
  ])('is refused with %j', (metadata, place) => {
    expect(placesAtFault(fapiClient(metadata))).toEqual([place]);
  });

  it('is refused without TLS at its redirect URI, save a native one on loopback (§5.3.2.2)', () => {
    const redirectUris = ['http://localhost/callback'];
    expect(placesAtFault(fapiClient({}, { redirectUris }))).toEqual(['redirect_uris/0']);
    const native = { type: 'native' as const, redirectUris };
    expect(placesAtFault(fapiClient({ token_endpoint_auth_method: 'private_key_jwt' }, native))).toEqual([]);
  });

  it('is refused when it is public', () => {
    expect(placesAtFault(fapiClient({}, { type: 'spa' }))).toEqual(['type']);
    expect(profileFaults(fapiClient({}, { type: 'spa' }))[0]?.detail).toContain('(profile fapi2)');
  });

  it('is refused while what the profile needs is off, by its setting', () => {
    const features = {
      pushedAuthorizationRequests: true,
      dpop: false,
      requestObjects: false,
      jarm: false,
      introspection: true,
      jwtIntrospection: false,
    };
    expect(profileFaults(fapiClient(), features)[0]?.detail).toBe(
      'metadata/profile needs features.dpop of the configuration file, which is off (profile fapi2)',
    );
  });

  it.each<[JsonObject, string]>([
    [{ require_signed_request_object: false }, 'metadata/require_signed_request_object'],
    [{ response_modes: ['query'] }, 'metadata/response_modes'],
  ])('is refused under message signing with %j', (metadata, place) => {
    expect(placesAtFault(fapiClient({ ...metadata, profile: 'fapi2-message-signing' }))).toEqual([place]);
  });
});

describe('a client that is held to OAuth 2.1', () => {
  it('may be public, and gets no token by way of the browser', () => {
    const metadata = { profile: 'oauth21' };
    expect(placesAtFault(buildClient({ type: 'spa', metadata }))).toEqual([]);
    expect(metadataOfProfile(buildClient({ metadata }))).toEqual({});
    expect(placesAtFault(buildClient({ metadata: { ...metadata, grant_types: ['implicit'] } }))).toEqual([
      'metadata/grant_types',
    ]);
  });
});

describe('the profile of the deployment', () => {
  it('holds for every client but one that is held to more, and the pages of the account', () => {
    const profileUnder = (client: Client) => underProfile(client, 'fapi2').metadata['profile'];
    expect(profileUnder(buildClient())).toBe('fapi2');
    expect(profileUnder(buildClient({ metadata: { profile: 'oauth21' } }))).toBe('fapi2');
    expect(profileUnder(buildClient({ metadata: { profile: 'fapi2-message-signing' } }))).toBe(
      'fapi2-message-signing',
    );
    expect(profileUnder(buildClient({ clientId: 'latchkey-account' }))).toBeUndefined();
    expect(underProfile(buildClient(), undefined).metadata).toEqual({});
  });

  it('is a rule for clients like any other', () => {
    const rules = { knownScopes: ['openid', 'profile'], knownResources: [] };
    const client = buildClient({ metadata: { token_endpoint_auth_method: 'client_secret_post' } });
    expect(clientFaults(client, rules)).toEqual([]);
    expect(clientFaults(client, { ...rules, profile: 'fapi2' })).toMatchObject([
      { field: 'metadata/token_endpoint_auth_method', code: 'profile_contradiction' },
    ]);
    expect(clientFaults(buildClient(), { ...rules, profile: 'fapi2' })).toMatchObject([
      { field: 'metadata/jwks', code: 'metadata_missing' },
    ]);
  });
});
