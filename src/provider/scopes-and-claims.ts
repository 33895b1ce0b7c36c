import type { Configuration } from 'oidc-provider';
import { STANDARD_SCOPE_CLAIMS } from '../domain/accounts/account-claims.js';
import type { Scope } from '../domain/resources/resource.js';

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
    ...Object.fromEntries(
      scopes.filter(({ claims }) => claims.length > 0).map(({ name, claims }) => [name, [...claims]]),
    ),
  };
}

/** Every scope that can be asked for without naming a resource server. */
export function supportedScopes(scopes: readonly Scope[]): string[] {
  return [...Object.keys(STANDARD_SCOPE_CLAIMS), 'offline_access', ...scopes.map(({ name }) => name)];
}
