import type { Configuration } from 'oidc-provider';
import type { Resource } from '../../domain/resources/resource.js';

type DisabledFeature = NonNullable<NonNullable<Configuration['features']>['introspection']>;
type Feature = Omit<DisabledFeature, 'enabled'> & { readonly enabled: boolean };

/**
 * Introspection: a client learns about its own tokens, a resource server about those for it, and nobody about others.
 * @see RFC 7662 §4
 */
export function introspection(enabled: boolean, resources: readonly Resource[]): Feature {
  const introspectors = new Map(
    resources.map(({ identifier, introspectionClients }) => [identifier, new Set(introspectionClients)]),
  );
  return {
    enabled,
    allowedPolicy: (_ctx, client, token) => {
      if (token.clientId === client.clientId) return true;
      const audience = 'aud' in token && typeof token.aud === 'string' ? token.aud : undefined;
      return audience !== undefined && (introspectors.get(audience)?.has(client.clientId) ?? false);
    },
  };
}
