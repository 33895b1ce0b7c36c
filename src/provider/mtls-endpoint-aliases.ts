import type { ProtocolSettings } from './provider-dependencies.js';
import { ROUTES } from './routes.js';

type Settings = Pick<ProtocolSettings, 'features' | 'mtls'>;

/**
 * Endpoints that are answered also at the host where clients present certificates, by their names in discovery: those
 * that clients call themselves, as far as they are on.
 * @see RFC 8705 §5
 */
export function mtlsEndpointPaths({
  features,
}: Pick<Settings, 'features'>): Readonly<Record<string, string>> {
  return {
    token_endpoint: ROUTES.token,
    userinfo_endpoint: ROUTES.userinfo,
    ...(features.revocation ? { revocation_endpoint: ROUTES.revocation } : {}),
    ...(features.introspection ? { introspection_endpoint: ROUTES.introspection } : {}),
    ...(features.deviceFlow ? { device_authorization_endpoint: ROUTES.device_authorization } : {}),
    ...(features.ciba ? { backchannel_authentication_endpoint: ROUTES.backchannel_authentication } : {}),
    ...(features.pushedAuthorizationRequests
      ? { pushed_authorization_request_endpoint: ROUTES.pushed_authorization_request }
      : {}),
  };
}

/** For discovery; undefined where certificates are presented to the issuer's own host. */
export function mtlsEndpointAliases(settings: Settings): Readonly<Record<string, string>> | undefined {
  const { endpoint } = settings.mtls;
  if (!settings.features.mtls || endpoint === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(mtlsEndpointPaths(settings)).map(([name, path]) => [name, `${endpoint}${path}`]),
  );
}
