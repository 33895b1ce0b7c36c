import type { Configuration } from 'oidc-provider';
import { ArtifactAdapter } from './artifact-adapter.js';
import { createClientAdapter } from './client-adapter.js';
import { EXTRA_CLIENT_METADATA, validateExtraClientMetadata } from './client-metadata.js';
import { cookieSettings } from './cookies.js';
import { clientBasedCORS } from './cors.js';
import { ENABLED_JWA } from './enabled-jwa.js';
import { deviceFlow } from './features/device-flow.js';
import { introspection } from './features/introspection.js';
import { resourceIndicators } from './features/resource-indicators.js';
import { revocation } from './features/revocation.js';
import { rpInitiatedLogout } from './features/rp-initiated-logout.js';
import { createFindAccount } from './find-account.js';
import { createInteractionPolicy } from './interaction-policy.js';
import { issueRefreshToken } from './issue-refresh-token.js';
import { toJwks } from './jwks.js';
import { createLoadExistingGrant } from './load-existing-grant.js';
import { createOutboundFetch } from './outbound-fetch.js';
import { createPairwiseIdentifier } from './pairwise-identifier.js';
import type { ProviderDependencies } from './provider-dependencies.js';
import { createRenderError } from './render-error.js';
import { ROUTES } from './routes.js';
import { claimsByScope, supportedScopes } from './scopes-and-claims.js';
import { toArtifactModel } from './artifact-model.js';
import { bitsOfOpaqueRandomness } from './token-lengths.js';
import { ttlSettings } from './ttl.js';

/** The library's options, one line each, each from a file of its name; whatever is left out keeps the library's default. */
export function buildConfiguration(deps: ProviderDependencies): Configuration {
  const { settings, pages } = deps;
  const scopes = supportedScopes(settings.scopes, settings.resources);
  const clients = createClientAdapter(deps.clients, new Set(scopes));
  return {
    adapter: (model) => (model === 'Client' ? clients : new ArtifactAdapter(toArtifactModel(model), deps)),
    acrValues: [],
    allowOmittingSingleRegisteredRedirectUri: false,
    claims: claimsByScope(settings.scopes),
    clientBasedCORS,
    clientDefaults: { response_types: ['code'], grant_types: ['authorization_code'] },
    clockTolerance: settings.clockToleranceSeconds,
    cookies: cookieSettings(settings.issuer, deps.cookieKeys),
    discovery: {
      prompt_values_supported: ['none', 'login', 'consent'],
      ui_locales_supported: settings.uiLocales,
    },
    enabledJWA: ENABLED_JWA,
    extraClientMetadata: { properties: [...EXTRA_CLIENT_METADATA], validator: validateExtraClientMetadata },
    features: {
      backchannelLogout: { enabled: true },
      claimsParameter: { enabled: true },
      clientCredentials: { enabled: settings.features.clientCredentials },
      deviceFlow: deviceFlow(settings.features.deviceFlow, pages),
      devInteractions: { enabled: false },
      introspection: introspection(settings.features.introspection, settings.resources),
      resourceIndicators: resourceIndicators(settings.resources),
      richAuthorizationRequests: { enabled: false },
      revocation: revocation(settings.features.revocation),
      rpInitiatedLogout: rpInitiatedLogout(pages, deps.labelOfAccount),
    },
    fetch: createOutboundFetch(settings.allowLoopback),
    findAccount: createFindAccount(deps.accounts),
    formats: { bitsOfOpaqueRandomness: (_ctx, token) => bitsOfOpaqueRandomness(token.kind) },
    interactions: { policy: createInteractionPolicy(), url: (_ctx, { uid }) => `/interaction/${uid}` },
    issueRefreshToken,
    jwks: toJwks(deps.signingKeys),
    loadExistingGrant: createLoadExistingGrant({ ...deps, grantSeconds: settings.lifetimes.grantSeconds }),
    pairwiseIdentifier: createPairwiseIdentifier(deps.pairwiseSalt),
    pkce: { required: () => true },
    renderError: createRenderError(pages),
    responseTypes: ['code'],
    rotateRefreshToken: true,
    routes: ROUTES,
    scopes,
    subjectTypes: ['public', 'pairwise'],
    ttl: ttlSettings(settings.lifetimes, deps.clock),
  };
}
