import type { Client, ClientSecret } from '../../src/domain/clients/client.js';

/** A client for a test: a web application, except for what the test says. */
export function buildClient(over: Partial<Client> = {}): Client {
  return {
    clientId: 'shop',
    name: 'Shop',
    type: 'web',
    redirectUris: ['https://shop.example.com/callback'],
    postLogoutRedirectUris: [],
    backchannelLogoutUri: undefined,
    scopes: ['openid', 'profile'],
    resources: [],
    allowedOrigins: [],
    allowedRoles: [],
    allowedGroups: [],
    firstParty: false,
    requireSecondFactor: false,
    requireVerifiedEmail: false,
    metadata: {},
    secrets: [],
    source: 'database',
    createdAt: new Date('2026-01-02T03:04:05.678Z'),
    updatedAt: new Date('2026-01-02T03:04:05.678Z'),
    ...over,
  };
}

/** A secret for a test, without an end unless the test says one. */
export function buildSecret(over: Partial<ClientSecret> = {}): ClientSecret {
  return {
    id: 'secret-1',
    hash: 'hmac-sha256:c29tZQ',
    createdAt: new Date('2026-01-02T03:04:05.678Z'),
    expiresAt: undefined,
    ...over,
  };
}
