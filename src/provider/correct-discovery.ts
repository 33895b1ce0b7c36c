import type { default as Provider } from 'oidc-provider';
import { demands, type SecurityProfile } from '../domain/profiles/security-profile.js';
import { provesItselfByKey, type TokenEndpointAuthMethod } from '../domain/clients/client-defaults.js';
import { SIGNED_RESPONSE_MODES } from '../domain/clients/client-profile.js';

const DISCOVERY_PATH = '/.well-known/openid-configuration';

type Metadata = Readonly<Record<string, unknown>>;

/**
 * Has discovery tell what holds for every client: what the profile of the deployment demands of each, and no list
 * without members, which says no more than that there is none.
 * @see OpenID Connect Discovery 1.0 §3, RFC 9126 §5, RFC 9101 §10.5, FAPI 2.0 Security Profile §5.3.2.1
 */
export function correctDiscovery(provider: Provider, profile: SecurityProfile | undefined): void {
  // The library's own, behind whatever was put before it.
  const last = provider.middleware.length - 1;
  const answer = provider.middleware[last];
  if (!answer) throw new TypeError('The protocol has no middleware.');
  const correct: typeof answer = async (ctx, next) => {
    await answer(ctx, next);
    if (!isObject(ctx.body)) return;
    ctx.body = withoutEmptyLists({ ...ctx.body, ...metadataOfDeployment(ctx.body, profile) });
  };
  provider.middleware[last] = (ctx, next) =>
    (ctx.path === DISCOVERY_PATH ? correct : answer)(ctx, next) as unknown;
}

function metadataOfDeployment(metadata: Metadata, profile: SecurityProfile | undefined): Metadata {
  if (!demands(profile, 'fapi2')) return {};
  const methods = metadata['token_endpoint_auth_methods_supported'];
  return {
    require_pushed_authorization_requests: true,
    token_endpoint_auth_methods_supported: Array.isArray(methods)
      ? (methods as TokenEndpointAuthMethod[]).filter(provesItselfByKey)
      : methods,
    ...(demands(profile, 'fapi2-message-signing')
      ? { require_signed_request_object: true, response_modes_supported: SIGNED_RESPONSE_MODES }
      : {}),
  };
}

function withoutEmptyLists(metadata: Metadata): Metadata {
  return Object.fromEntries(
    Object.entries(metadata).filter(([, value]) => !(Array.isArray(value) && value.length === 0)),
  );
}

function isObject(value: unknown): value is Metadata {
  return typeof value === 'object' && value !== null;
}
