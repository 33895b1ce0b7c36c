import type { ClientType } from '../../../src/domain/clients/client.js';
import {
  DEVICE_CODE_GRANT,
  grantTypes,
  responseTypes,
  tokenEndpointAuthMethod,
} from '../../../src/domain/clients/client-defaults.js';
import { registerClient, type RegisterClientInput } from '../../../src/domain/clients/register-client.js';
import { createClientUseCaseDeps } from '../../support/client-use-case-deps.js';
import { codesOf, web } from '../../support/registration-faults.js';

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
