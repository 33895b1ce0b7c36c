import { OWN_ACCOUNT_SCOPE, PERMISSIONS } from '../roles/permission.js';
import type { Resource } from './resource.js';

/** The scopes of this provider's own API: its permissions, and `account` for one's own account. */
export const API_SCOPES: readonly string[] = [...PERMISSIONS, OWN_ACCOUNT_SCOPE];

/** Seconds; the tokens are opaque and looked up at every request, so this only bounds a stolen one. */
const ACCESS_TOKEN_SECONDS = 600;

/** The identifier of this provider's own API as a resource server. @see RFC 8707 §2 */
export function apiResourceIdentifier(issuer: string): string {
  return `${issuer}/api/v1`;
}

/** This provider's own API, which is always there. */
export function apiResource(issuer: string): Resource {
  return {
    identifier: apiResourceIdentifier(issuer),
    name: 'Administration API',
    scopes: API_SCOPES,
    accessTokenFormat: 'opaque',
    accessTokenLifetime: ACCESS_TOKEN_SECONDS,
    introspectionClients: [],
    signingAlgorithm: 'RS256',
  };
}

/** The declared resource servers and the built-in one, which no declaration replaces. */
export function withApiResource(declared: readonly Resource[], issuer: string): readonly Resource[] {
  const own = apiResource(issuer);
  return [...declared.filter(({ identifier }) => identifier !== own.identifier), own];
}
