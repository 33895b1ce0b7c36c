import Provider from 'oidc-provider';
import { answerUnauthorizedClient } from './answer-unauthorized-client.js';
import { auditProtocolEvents } from './audit-events.js';
import { installClientSecretComparison } from './client-secret-comparison.js';
import { buildConfiguration } from './configuration.js';
import { denyUnlistedScopes } from './deny-unlisted-scopes.js';
import { logProtocolEvents } from './events.js';
import type { ProviderDependencies } from './provider-dependencies.js';

/** The protocol library, set up for this deployment. */
export function createProvider(deps: ProviderDependencies): Provider {
  const provider = new Provider(deps.settings.issuer, buildConfiguration(deps));
  // The addresses in its answers follow the issuer, which `middlewares/issuer-host` puts in place of the request's.
  provider.proxy = true;
  installClientSecretComparison(provider, deps);
  denyUnlistedScopes(provider);
  answerUnauthorizedClient(provider);
  logProtocolEvents(provider, deps.logger);
  auditProtocolEvents(provider, deps);
  return provider;
}
