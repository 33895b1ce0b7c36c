import Koa, { type Middleware } from 'koa';
import { ACCOUNT_LINK_KINDS } from '../domain/account-links/account-link.js';
import type { Logger } from '../observability/logger.js';
import type { ArtifactUnits } from '../provider/artifact-units.js';
import type { AccountLinkDeps } from './account-links/account-link-deps.js';
import { createAccountLinkRouter } from './account-links/router.js';
import { createHealthRouter, type HealthDeps } from './health.js';
import { createHomeRouter, type HomeDeps } from './home.js';
import type { InteractionDeps } from './interactions/interaction-deps.js';
import { createInteractionRouter } from './interactions/router.js';
import { accessLog } from './middlewares/access-log.js';
import { below } from './middlewares/below.js';
import { artifactUnit } from './middlewares/artifact-unit.js';
import { continueAfterForm } from './middlewares/continue-after-form.js';
import { errorHandler } from './middlewares/error-handler.js';
import { formPostPage } from './middlewares/form-post-page.js';
import { issuerHost } from './middlewares/issuer-host.js';
import { requestId } from './middlewares/request-id.js';
import { securityHeaders } from './middlewares/security-headers.js';
import { staticFiles } from './middlewares/static-files.js';
import { trustedProxies } from './middlewares/trusted-proxies.js';
import { createSetupRouter, type SetupDeps } from './setup/router.js';
import type { StaticAssets } from './static-assets.js';

export interface AppDeps extends InteractionDeps, SetupDeps, AccountLinkDeps, HomeDeps, HealthDeps {
  readonly assets: StaticAssets;
  readonly units: ArtifactUnits;
  /** The protocol's endpoints; asked for at each request, since new keys bring a new provider. */
  readonly protocol: () => Middleware;
  /** The REST API and its documentation. */
  readonly api: Middleware;
  readonly logoutFormPath: string;
  readonly cookieKeys: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly logger: Logger;
}

const accountLinkPaths = Object.values(ACCOUNT_LINK_KINDS).map(({ path }) => path);

/** Everything that this server answers, from the outside in: read it from top to bottom. */
export function createApp(deps: AppDeps): Koa {
  const { pages, logger, issuer } = deps;
  // The headers that Koa then believes are cleaned by `trustedProxies` and `issuerHost`.
  const app = new Koa({ proxy: true, keys: [...deps.cookieKeys] });
  app.silent = true;

  app.use(requestId);
  app.use(trustedProxies(deps.trustedProxies));
  app.use(accessLog(logger));
  app.use(securityHeaders(issuer));
  app.use(errorHandler(pages, logger));
  app.use(below(['/healthz'], createHealthRouter(deps)));
  app.use(issuerHost(issuer, pages));
  app.use(staticFiles(deps.assets));
  app.use(below(['/'], createHomeRouter(deps)));
  app.use(below(['/setup'], createSetupRouter(deps)));
  app.use(below(accountLinkPaths, createAccountLinkRouter(deps)));
  app.use(deps.api);
  app.use(artifactUnit(deps.units));
  app.use(below(['/interaction'], createInteractionRouter(deps)));
  app.use(continueAfterForm(deps.logoutFormPath, pages));
  app.use(formPostPage(pages));
  app.use(async (ctx, next) => {
    await deps.protocol()(ctx, next);
  });
  return app;
}
