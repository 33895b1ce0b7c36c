import type { Configuration } from 'oidc-provider';
import { STANDARD_SCOPE_CLAIMS } from '../domain/accounts/account-claims.js';
import type { Resource, Scope } from '../domain/resources/resource.js';

/**
 * Which claims each scope yields.
 * @see OpenID Connect Core 1.0 §5.4
 */
export function claimsByScope(scopes: readonly Scope[]): NonNullable<Configuration['claims']> {
  return {
    // About the sign-in itself; yielded when asked for, whatever the scope.
    acr: null,
    amr: null,
    auth_time: null,
    iss: null,
    sid: null,
    ...Object.fromEntries(
      Object.entries(STANDARD_SCOPE_CLAIMS).map(([scope, claims]) => [scope, [...claims]]),
    ),
    // Every ID token tells how the person signed in, so that an app need not ask before it looks.
    openid: [...STANDARD_SCOPE_CLAIMS.openid, 'acr', 'amr', 'auth_time'],
    ...Object.fromEntries(
      scopes.filter(({ claims }) => claims.length > 0).map(({ name, claims }) => [name, [...claims]]),
    ),
  };
}

/** @returns a function that answers the claims of a scope */
export function claimsOfScope(scopes: readonly Scope[]): (scope: string) => readonly string[] {
  const byScope = claimsByScope(scopes);
  return (scope) => {
    const claims: unknown = byScope[scope];
    return Array.isArray(claims) ? claims.filter((claim): claim is string => typeof claim === 'string') : [];
  };
}

/**
 * Every scope of this provider itself. A scope that only a resource server knows is not among them: it means nothing
 * without the resource that it is for.
 */
export function supportedScopes(scopes: readonly Scope[], resources: readonly Resource[]): string[] {
  const ofResources = new Set(resources.flatMap((resource) => resource.scopes));
  const own = scopes.filter(({ name, claims }) => claims.length > 0 || !ofResources.has(name));
  return [...Object.keys(STANDARD_SCOPE_CLAIMS), 'offline_access', ...own.map(({ name }) => name)];
}
