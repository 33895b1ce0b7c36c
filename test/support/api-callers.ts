import type { Application } from '../../src/composition/application.js';
import { setAccountDisabled } from '../../src/domain/accounts/set-account-disabled.js';
import { createAccount } from '../../src/domain/accounts/create-account.js';
import { registerClient } from '../../src/domain/clients/register-client.js';
import { API_SCOPES } from '../../src/domain/resources/api-resource.js';
import { createRole } from '../../src/domain/roles/create-role.js';
import { OPERATOR } from '../../src/domain/roles/grantor.js';
import { OWN_ACCOUNT_SCOPE, PERMISSIONS } from '../../src/domain/roles/permission.js';
import type { ApiServer } from '../http/api/api-server.js';
import { basic, postForm, tokensOf } from './relying-party-requests.js';

/** Somebody who calls the API, and what may come of it. */
export interface ApiCaller {
  readonly token: string;
  /** Scopes of the document that hold for this caller; undefined: the token is none for this API. */
  readonly scopes: readonly string[] | undefined;
}

const OTHER_RESOURCE = 'https://other.example.test';

/** The configuration file of a server that these callers call. */
export const CALLERS_CONFIG = `
scopes:
  - { name: 'invoices:read', description: See invoices }
resources:
  - identifier: ${OTHER_RESOURCE}
    access_token_format: opaque
    scopes: [invoices:read]
`;

type MakeCaller = (api: ApiServer) => Promise<ApiCaller>;

/** Every kind of caller, by name. */
export const CALLERS: ReadonlyMap<string, MakeCaller> = new Map<string, MakeCaller>([
  ['nobody', () => Promise.resolve({ token: '', scopes: undefined })],
  ['somebody with a made-up token', () => Promise.resolve({ token: 'made-up', scopes: undefined })],
  [
    'a service with a token for another resource server',
    async (api) => ({
      token: (await tokenFor(api, OTHER_RESOURCE, ['invoices:read'])).token,
      scopes: undefined,
    }),
  ],
  ['a service with an expired token', expired],
  ['a service with a revoked token', revoked],
  [
    'a service without scopes',
    async (api) => ({ token: (await tokenFor(api, apiOf(api), [])).token, scopes: [] }),
  ],
  ...PERMISSIONS.map((permission): [string, MakeCaller] => [
    `a service with ${permission}`,
    async (api) => ({ token: await api.serviceToken(permission), scopes: [permission] }),
  ]),
  [
    'a service with all scopes',
    // `account` is there as well, but there is no account that it could be for.
    async (api) => ({ token: await api.serviceToken(API_SCOPES.join(' ')), scopes: PERMISSIONS }),
  ],
  ['a user without roles', (api) => user(api, [OWN_ACCOUNT_SCOPE], [])],
  ['a user without roles, whose token has all scopes', (api) => user(api, API_SCOPES, [])],
  ...PERMISSIONS.map((permission): [string, MakeCaller] => [
    `a user with a role for ${permission}`,
    async (api) => {
      const role = `only-${permission}`;
      await createRole(api.application, OPERATOR, { name: role, permissions: [permission] });
      return user(api, API_SCOPES, [role], [permission]);
    },
  ]),
  ['an administrator', (api) => user(api, API_SCOPES, ['admin'], PERMISSIONS)],
  ['an administrator, whose token is for their own account', (api) => user(api, ['account'], ['admin'])],
  ['a disabled administrator', disabledAdministrator],
]);

const apiOf = ({ issuer }: ApiServer): string => `${issuer}/api/v1`;

async function user(
  api: ApiServer,
  scopes: readonly string[],
  roles: readonly string[],
  permissions: readonly string[] = [],
): Promise<ApiCaller> {
  const { token } = await api.userToken(scopes.join(' '), roles);
  return { token, scopes: [...permissions, OWN_ACCOUNT_SCOPE] };
}

async function tokenFor({ application, issuer }: ApiServer, resource: string, scopes: readonly string[]) {
  const { client, secret = '' } = await registerClient(
    { ...application, declaredClientIds: new Set() },
    { name: 'A service', type: 'service', scopes, resources: [resource] },
  );
  const headers = basic({ clientId: client.clientId, clientSecret: secret, redirectUri: '' });
  const form = {
    grant_type: 'client_credentials',
    resource,
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
  };
  const token = tokensOf(await postForm(`${issuer}/token`, form, { headers })).accessToken;
  return { token, headers };
}

async function expired(api: ApiServer): Promise<ApiCaller> {
  const { token } = await tokenFor(api, apiOf(api), API_SCOPES);
  await api.application.database.knex.raw(
    "update artifacts set expires_at = now() - interval '1 hour' where model = 'ClientCredentials' and created_at = (select max(created_at) from artifacts where model = 'ClientCredentials')",
  );
  return { token, scopes: undefined };
}

async function revoked(api: ApiServer): Promise<ApiCaller> {
  const { token, headers } = await tokenFor(api, apiOf(api), API_SCOPES);
  await postForm(`${api.issuer}/revoke`, { token }, { headers });
  return { token, scopes: undefined };
}

async function disabledAdministrator(api: ApiServer): Promise<ApiCaller> {
  await otherAdministrator(api.application);
  const { id, token } = await api.userToken(API_SCOPES.join(' '), ['admin']);
  await setAccountDisabled(api.application, id, true);
  return { token, scopes: undefined };
}

/** Somebody has to stay who may administer the server. */
async function otherAdministrator(application: Application): Promise<void> {
  const email = 'stays@example.test';
  if (await application.stores.accounts.findByLogin(email)) return;
  await createAccount(application, { email, roles: ['admin'], grantor: OPERATOR });
}
