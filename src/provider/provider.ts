import Provider from 'oidc-provider';
import { answerUnauthorizedClient } from './answer-unauthorized-client.js';
import { auditProtocolEvents } from './audit-events.js';
import { bindCodesToInstances } from './bind-codes-to-instances.js';
import { ClientHandOver, keepBuiltClients } from './built-clients.js';
import { noteClientUses } from './client-uses.js';
import { noteRegisteredClientUses } from './registered-client-uses.js';
import { installClientSecretComparison } from './client-secret-comparison.js';
import { queuePings, tellThatUserCodesAreOff } from './backchannel-answers.js';
import { buildConfiguration } from './configuration.js';
import { correctDiscovery } from './correct-discovery.js';
import { denyUnlistedScopes } from './deny-unlisted-scopes.js';
import { offerJwtBearer } from './jwt-bearer.js';
import { keepJwts } from './kept-jwts.js';
import { queueLogoutTokens } from './logout-tokens.js';
import { logProtocolEvents } from './events.js';
import { createExplain } from './refusals/explain-for-developers.js';
import { explainInAnswers } from './refusals/explain-in-answers.js';
import { keepRefreshAnswers } from './refresh-answers.js';
import { answerStructuredTokens } from './structured-tokens.js';
import { offerTokenExchange } from './token-exchange.js';
import { tellIssuer } from './tell-issuer.js';
import { tellReachedAcr } from './tell-reached-acr.js';
import type { ProviderDependencies } from './provider-dependencies.js';

/** The protocol library, set up for this deployment. */
export function createProvider(deps: ProviderDependencies): Provider {
  const handOver = new ClientHandOver();
  const provider = new Provider(deps.settings.issuer, buildConfiguration(deps, handOver));
  // The addresses in its answers follow the issuer, which `middlewares/issuer-host` puts in place of the request's.
  provider.proxy = true;
  keepBuiltClients(provider, deps.clients, handOver, deps.clock);
  installClientSecretComparison(provider, deps);
  denyUnlistedScopes(provider);
  correctDiscovery(provider, deps.settings.profile);
  answerUnauthorizedClient(provider);
  tellReachedAcr(provider);
  tellIssuer(provider);
  const isAnswered = answerStructuredTokens(provider, { ...deps, issuer: deps.settings.issuer });
  logProtocolEvents(provider, { ...deps, isAnswered });
  auditProtocolEvents(provider, deps);
  if (deps.logoutQueue) queueLogoutTokens(provider, { logoutQueue: deps.logoutQueue, clock: deps.clock });
  keepJwts(provider, deps);
  keepRefreshAnswers(provider, deps.units, deps.clock);
  if (deps.settings.features.tokenExchange) {
    const { issuer, resources, tokenExchange: policies } = deps.settings;
    offerTokenExchange(provider, { ...deps, issuer, resources, policies });
  }
  if (deps.settings.features.jwtBearer && deps.assertions) {
    offerJwtBearer(provider, { ...deps, ...deps.assertions, resources: deps.settings.resources });
  }
  if (deps.attestations) bindCodesToInstances(provider);
  if (deps.ciba) {
    queuePings(provider);
    tellThatUserCodesAreOff(provider);
  }
  if (deps.noteClientUse) noteClientUses(provider, deps.noteClientUse);
  if (deps.noteRegisteredClientUse) noteRegisteredClientUses(provider, deps.noteRegisteredClientUse);
  const explain = createExplain(deps);
  if (explain) explainInAnswers(provider, explain);
  return provider;
}
