import { linkedAccountsArea } from '../http/account/linked-accounts-router.js';
import type { Pages } from '../http/pages.js';
import { createSignOutLink } from '../http/upstream/sign-out-link.js';
import { createUpstreamCookies } from '../http/upstream/upstream-cookies.js';
import type { UpstreamDeps } from '../http/upstream/upstream-deps.js';
import type { Logger } from '../observability/logger.js';
import type { Tracing } from '../observability/tracing.js';
import { createLogoutTokenReader } from '../upstream/logout-token-reader.js';
import { createOpenidUpstream } from '../upstream/openid-upstream.js';
import { createProviderConnections } from '../upstream/provider-connections.js';
import { CLOCK_TOLERANCE_SECONDS } from './clock-tolerance.js';
import type { Application } from './application.js';

/** Puts together what sign-ins by other providers need. No provider is asked for anything yet. */
export function openUpstream(
  application: Application,
  {
    pages,
    logger,
    tracing,
  }: { readonly pages: Pages; readonly logger: Logger; readonly tracing: Tracing | undefined },
) {
  const { clock, config, issuer, randomToken, stores, unitsOfWork } = application;
  const { identityProviders: providers } = config;
  const allowLoopback = config.mode !== 'production';
  const cookies = createUpstreamCookies(issuer.startsWith('https:'));
  const connections = createProviderConnections({ allowLoopback, clock, trace: tracing?.outbound });
  const upstream: UpstreamDeps = {
    providers,
    protocol: createOpenidUpstream({ connections, clock }),
    readLogoutToken: createLogoutTokenReader({
      connections,
      clock,
      clockToleranceSeconds: CLOCK_TOLERANCE_SECONDS,
    }),
    sids: stores.upstreamSids,
    sessionSeconds: config.lifetimes.sessionAbsoluteSeconds,
    requests: stores.upstreamRequests,
    links: stores.upstreamLinks,
    accounts: stores.accounts,
    cookies,
    unitsOfWork,
    randomToken,
    issuer,
    clock,
    pages,
    logger,
  };
  return {
    upstream,
    area: linkedAccountsArea(upstream),
    upstreamOf: createSignOutLink(upstream),
  };
}
