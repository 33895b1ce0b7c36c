import { errors, type Configuration } from 'oidc-provider';
import type { Resource } from '../../domain/resources/resource.js';
import { clientTraits } from '../client-metadata.js';
import { RESOURCE_NOT_ALLOWED, RESOURCE_NOT_KNOWN } from '../refusals/explain-resource.js';

type Feature = NonNullable<NonNullable<Configuration['features']>['resourceIndicators']>;

/**
 * Access tokens for declared resource servers: JWTs (RFC 9068) or opaque, each with its own lifetime. A client gets
 * them only for the resources and scopes that it is registered for.
 * @see RFC 8707
 */
export function resourceIndicators(resources: readonly Resource[]): Feature {
  const byIdentifier = new Map(resources.map((resource) => [resource.identifier, resource]));
  return {
    enabled: true,
    // A service that may use one API only need not name it; an app keeps the token for userinfo unless it names one.
    // "None" is not an empty list: beside a token that came by the browser, the library would take that for one.
    defaultResource: (ctx, client, oneOf) => {
      if (oneOf) return oneOf;
      const allowed = clientTraits(client).resources;
      const isService = ctx.oidc.params?.grant_type === 'client_credentials';
      return isService && allowed.length === 1 ? allowed[0] : undefined;
    },
    // Whoever named a resource when asking for authorization gets the token for it without naming it again.
    useGrantedResource: () => true,
    getResourceServerInfo: (ctx, indicator, client) => {
      const resource = byIdentifier.get(indicator);
      if (!resource) throw new errors.InvalidTarget(RESOURCE_NOT_KNOWN);
      const allowed = clientTraits(client);
      if (!allowed.resources.includes(indicator)) {
        throw new errors.InvalidTarget(RESOURCE_NOT_ALLOWED);
      }
      const unlisted = resource.scopes.find(
        (scope) => ctx.oidc.requestParamScopes.has(scope) && !allowed.scopes.includes(scope),
      );
      if (unlisted !== undefined) throw new errors.InvalidScope('requested scope is not allowed', unlisted);
      return {
        audience: resource.identifier,
        scope: resource.scopes.filter((scope) => allowed.scopes.includes(scope)).join(' '),
        accessTokenTTL: resource.accessTokenLifetime,
        accessTokenFormat: resource.accessTokenFormat,
        jwt: { sign: { alg: resource.signingAlgorithm } },
      };
    },
  };
}
