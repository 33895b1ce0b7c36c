import type { Configuration } from 'oidc-provider';
import { ACR_OF_LEVEL } from '../domain/sign-in/authentication-level.js';
import { ArtifactAdapter } from './artifact-adapter.js';
import { authenticationClaims } from './authentication-claims.js';
import type { ClientHandOver } from './built-clients.js';
import { createClientAdapter } from './client-adapter.js';
import { clientAuthMethods } from './client-auth-methods.js';
import { EXTRA_CLIENT_METADATA, validateExtraClientMetadata } from './client-metadata.js';
import { cookieSettings } from './cookies.js';
import { clientBasedCORS } from './cors.js';
import { clientAttestation } from './features/client-attestation.js';
import { ciba } from './features/ciba.js';
import { defaultAlgorithms, enabledJWA } from './enabled-jwa.js';
import { assertClientAssertion, fapi } from './features/fapi.js';
import { deviceFlow } from './features/device-flow.js';
import { dpop } from './features/dpop.js';
import { globalTokenRevocation } from './features/global-token-revocation.js';
import { introspection } from './features/introspection.js';
import { mtls } from './features/mtls.js';
import { pushedAuthorizationRequests } from './features/pushed-authorization-requests.js';
import { resourceIndicators } from './features/resource-indicators.js';
import { documentSupport, registrationEndpoint } from './features/registration.js';
import { richAuthorizationRequests } from './features/rich-authorization-requests.js';
import { revocation } from './features/revocation.js';
import { rpInitiatedLogout } from './features/rp-initiated-logout.js';
import { signedMessages } from './features/signed-messages.js';
import { createFindAccount } from './find-account.js';
import { createInteractionPolicy } from './interaction-policy.js';
import { issueRefreshToken } from './issue-refresh-token.js';
import { toJwks } from './jwks.js';
import { createLoadExistingGrant } from './load-existing-grant.js';
import { mtlsEndpointAliases } from './mtls-endpoint-aliases.js';
import { createOutboundFetch } from './outbound-fetch.js';
import { createPairwiseIdentifier } from './pairwise-identifier.js';
import { offeredToClients } from './offered-to-clients.js';
import { isSignUpOpen, type ProviderDependencies } from './provider-dependencies.js';
import { createExplain } from './refusals/explain-for-developers.js';
import { requirePkce } from './require-pkce.js';
import { rotateRefreshToken } from './rotate-refresh-token.js';
import { createRenderError } from './render-error.js';
import { ROUTES } from './routes.js';
import { claimsByScope, claimsOfScope, supportedScopes } from './scopes-and-claims.js';
import { toArtifactModel } from './artifact-model.js';
import { exchangeClaims } from './exchange-actors.js';
import { bitsOfOpaqueRandomness } from './token-lengths.js';
import { ttlSettings } from './ttl.js';

/** The library's options, one line each, each from a file of its name; whatever is left out keeps the library's default. */
export function buildConfiguration(deps: ProviderDependencies, handOver: ClientHandOver): Configuration {
  const { settings, pages } = deps;
  const scopes = supportedScopes(settings.scopes, settings.resources);
  const offered = offeredToClients(settings.features);
  const clients = createClientAdapter(deps.clients, new Set(scopes), offered, handOver);
  return {
    adapter: (model) => (model === 'Client' ? clients : new ArtifactAdapter(toArtifactModel(model), deps)),
    acrValues: Object.values(ACR_OF_LEVEL),
    allowOmittingSingleRegisteredRedirectUri: false,
    claims: claimsByScope(settings.scopes),
    clientAuthMethods: clientAuthMethods(settings.features, settings.mtls.verification),
    clientBasedCORS,
    assertJwtClientAuthClaimsAndHeader: assertClientAssertion,
    clientDefaults: {
      response_types: ['code'],
      grant_types: ['authorization_code'],
      ...defaultAlgorithms(settings.profile),
    },
    clockTolerance: settings.clockToleranceSeconds,
    cookies: cookieSettings(settings.issuer, deps.cookieKeys),
    discovery: {
      mtls_endpoint_aliases: mtlsEndpointAliases(settings),
      ...registrationEndpoint(settings),
      ...globalTokenRevocation(settings),
      ...documentSupport(settings),
      prompt_values_supported: promptValues(settings),
      ui_locales_supported: settings.uiLocales,
    },
    enabledJWA: enabledJWA(settings.profile),
    extraClientMetadata: { properties: [...EXTRA_CLIENT_METADATA], validator: validateExtraClientMetadata },
    extraTokenClaims: (ctx, token) => ({
      ...authenticationClaims(ctx, token),
      ...exchangeClaims(ctx, token),
    }),
    features: {
      attestClientAuth: clientAttestation(deps.attestations),
      backchannelLogout: { enabled: true },
      ciba: ciba(deps.ciba),
      claimsParameter: { enabled: true },
      clientCredentials: { enabled: settings.features.clientCredentials },
      deviceFlow: deviceFlow(settings.features.deviceFlow, pages),
      devInteractions: { enabled: false },
      fapi,
      introspection: introspection(settings.features.introspection, settings.resources),
      mTLS: mtls(settings.features.mtls, settings.mtls, deps.clock),
      dPoP: dpop(settings.features.dpop, deps.dpopNonceSecret),
      pushedAuthorizationRequests: pushedAuthorizationRequests(settings.features.pushedAuthorizationRequests),
      resourceIndicators: resourceIndicators(settings.resources),
      richAuthorizationRequests: richAuthorizationRequests(settings.authorizationDetailTypes ?? []),
      revocation: revocation(settings.features.revocation),
      rpInitiatedLogout: rpInitiatedLogout(pages, deps.labelOfAccount),
      ...signedMessages(settings.features),
    },
    fetch: createOutboundFetch(settings.allowLoopback, {
      byName: settings.preset === 'conformance',
      trace: deps.traceOutbound,
    }),
    findAccount: createFindAccount(deps.accounts, {
      noteClientUse: deps.noteClientUse,
      claimsOf: claimsOfScope(settings.scopes),
      requireVerifiedEmail: deps.requireVerifiedEmail,
    }),
    formats: {
      bitsOfOpaqueRandomness: (_ctx, token) => bitsOfOpaqueRandomness(token.kind),
    },
    interactions: { policy: createInteractionPolicy(deps), url: (_ctx, { uid }) => `/interaction/${uid}` },
    issueRefreshToken,
    jwks: toJwks(deps.signingKeys, deps.clock.now()),
    loadExistingGrant: createLoadExistingGrant({ ...deps, grantSeconds: settings.lifetimes.grantSeconds }),
    pairwiseIdentifier: createPairwiseIdentifier(deps.pairwiseSubject),
    pkce: { required: requirePkce(settings) },
    renderError: createRenderError(pages, createExplain(deps)),
    responseTypes: offered.responseTypes,
    rotateRefreshToken,
    routes: ROUTES,
    scopes,
    subjectTypes: ['public', 'pairwise'],
    ttl: ttlSettings(settings.lifetimes, deps.clock),
  };
}

/** @see OpenID Connect Initiating User Registration 1.0 §4 */
function promptValues(settings: ProviderDependencies['settings']): string[] {
  const common = ['none', 'login', 'consent', 'select_account'];
  return isSignUpOpen(settings) ? [...common, 'create'] : common;
}
