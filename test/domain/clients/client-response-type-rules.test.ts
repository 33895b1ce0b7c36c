import { createClientUseCaseDeps } from '../../support/client-use-case-deps.js';
import { buildClient } from '../../support/build-client.js';
import { grantTypes, responseTypes } from '../../../src/domain/clients/client-defaults.js';
import { NO_CLIENT_FEATURES } from '../../../src/domain/clients/client-features.js';
import { registerClient, type RegisterClientInput } from '../../../src/domain/clients/register-client.js';
import { FURTHER_RESPONSE_TYPES } from '../../../src/domain/clients/response-types.js';
import { DomainError } from '../../../src/domain/errors.js';
import type { JsonObject } from '../../../src/domain/json.js';
import { web } from '../../support/registration-faults.js';

const register = (input: Partial<RegisterClientInput>, offered = [...FURTHER_RESPONSE_TYPES]) =>
  registerClient(
    {
      ...createClientUseCaseDeps(),
      clientFeatures: { ...NO_CLIENT_FEATURES, jarm: true, responseTypes: offered },
    },
    { ...web, ...input },
  );

async function faultsOf(input: Partial<RegisterClientInput>, offered = [...FURTHER_RESPONSE_TYPES]) {
  try {
    await register(input, offered);
    return [];
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return error.faults;
  }
}

test.each<[JsonObject, readonly string[], readonly string[]]>([
  [{}, ['code'], ['authorization_code', 'refresh_token']],
  [
    { response_types: ['code', 'code id_token'] },
    ['code', 'code id_token'],
    ['authorization_code', 'refresh_token', 'implicit'],
  ],
  [
    { response_types: ['token id_token code'] },
    ['code id_token token'],
    ['authorization_code', 'refresh_token', 'implicit'],
  ],
  [{ response_types: ['id_token'] }, ['id_token'], ['implicit']],
  [{ response_types: ['none'] }, ['none'], []],
  [
    { response_types: ['id_token', 'code'], grant_types: ['authorization_code'] },
    ['id_token', 'code'],
    ['authorization_code', 'implicit'],
  ],
])(
  'metadata %j give the response types %j by the grant types %j (RFC 7591 §2.1)',
  async (metadata, types, grants) => {
    const { client } = await register({ metadata });
    expect([responseTypes(client), grantTypes(client)]).toEqual([types, grants]);
  },
);

test('who has no refresh token is not given a scope for one', async () => {
  const { client } = await register({ metadata: { response_types: ['id_token'] } });
  expect(client.scopes).toEqual(['openid', 'profile', 'email']);
  expect((await register({})).client.scopes).toContain('offline_access');
});

test.each<[Partial<RegisterClientInput>, string]>([
  [{ metadata: { response_types: ['token'] } }, 'metadata/response_types: invalid_metadata'],
  [{ metadata: { response_types: [] } }, 'metadata/response_types: invalid_metadata'],
  [{ metadata: { response_types: 'code' } }, 'metadata/response_types: invalid_metadata'],
  [{ metadata: { response_types: ['code', 7] } }, 'metadata/response_types: invalid_metadata'],
  [{ metadata: { response_types: ['code', ''] } }, 'metadata/response_types: invalid_metadata'],
  [
    { metadata: { response_types: ['id_token code', 'code id_token'] } },
    'metadata/response_types: invalid_metadata',
  ],
  [
    { scopes: ['openid'], metadata: { response_types: ['code'], grant_types: ['refresh_token'] } },
    'metadata/response_types: metadata_contradiction',
  ],
  [
    { metadata: { response_types: ['id_token'], grant_types: ['authorization_code', 'implicit'] } },
    'metadata/grant_types: metadata_contradiction',
  ],
  [
    { scopes: ['openid'], metadata: { grant_types: ['authorization_code', 'implicit'] } },
    'metadata/grant_types: metadata_contradiction',
  ],
  [
    { metadata: { response_types: ['code token'], dpop_bound_access_tokens: true } },
    'metadata/dpop_bound_access_tokens: metadata_contradiction',
  ],
  [
    { metadata: { response_types: ['code id_token'], response_modes: ['query'] } },
    'metadata/response_modes: metadata_contradiction',
  ],
  [
    { type: 'native', redirectUris: ['com.example.app:/cb'], metadata: { response_types: ['id_token'] } },
    'metadata/response_types: metadata_not_supported',
  ],
  [
    { type: 'service', redirectUris: [], scopes: [], metadata: { response_types: ['code'] } },
    'metadata/response_types: metadata_not_supported',
  ],
  [
    { redirectUris: ['http://127.0.0.1:3001/cb'], metadata: { response_types: ['code id_token'] } },
    'redirect_uris/0: redirect_uri_implicit',
  ],
  [
    { redirectUris: ['https://localhost/cb'], metadata: { response_types: ['id_token'] } },
    'redirect_uris/0: redirect_uri_implicit',
  ],
  [
    { postLogoutRedirectUris: ['http://localhost:3001/'], metadata: { response_types: ['id_token'] } },
    'post_logout_redirect_uris/0: redirect_uri_implicit',
  ],
  [{ redirectUris: [], metadata: { response_types: ['none'] } }, 'redirect_uris: redirect_uri_missing'],
  [
    { metadata: { response_types: ['code id_token'], profile: 'oauth21' } },
    'metadata/response_types: profile_contradiction',
  ],
])('refuses %j: %s', async (input, place) => {
  expect((await faultsOf(input)).map(({ field, code }) => `${field}: ${code}`)).toEqual([place]);
});

test('a client that DPoP binds may have ID tokens by the browser, and one with answers that are signed any mode', async () => {
  const metadata = { response_types: ['code id_token'], dpop_bound_access_tokens: true };
  expect(await faultsOf({ metadata })).toEqual([]);
  expect(await faultsOf({ metadata: { ...metadata, response_modes: ['query', 'jwt'] } })).toEqual([]);
});

test('what the deployment does not offer is refused, with what it offers and the setting', async () => {
  const [fault] = await faultsOf({ metadata: { response_types: ['id_token'] } }, ['code id_token']);
  expect(fault).toEqual({
    field: 'metadata/response_types',
    code: 'metadata_not_supported',
    detail:
      'metadata/response_types holds "id_token", which is not offered here; offered are "code", "code id_token". To offer it, add it to features.response_types of the configuration file.',
  });
  expect(
    await faultsOf({ scopes: ['openid'], metadata: { grant_types: ['authorization_code', 'implicit'] } }, []),
  ).toMatchObject([{ field: 'metadata/grant_types', code: 'invalid_metadata' }]);
});

test('pairwise subjects are for clients with ID tokens by the browser too', async () => {
  expect(await faultsOf({ metadata: { response_types: ['id_token'], subject_type: 'pairwise' } })).toEqual(
    [],
  );
});

test('a client of which nobody knows the response types any more has none', () => {
  expect(responseTypes(buildClient({ metadata: { response_types: ['token'] } }))).toEqual([]);
});
