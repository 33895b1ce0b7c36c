import type { Configuration } from 'oidc-provider';

type Feature = NonNullable<NonNullable<Configuration['features']>['pushedAuthorizationRequests']>;

/**
 * Authorization requests that the client hands over before the browser goes. Redirect URIs have to be registered here too.
 * @see RFC 9126
 */
export function pushedAuthorizationRequests(enabled: boolean): Feature {
  return { enabled, allowUnregisteredRedirectUris: false, requirePushedAuthorizationRequests: false };
}
