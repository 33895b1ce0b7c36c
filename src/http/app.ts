import Koa, { type Middleware } from 'koa';
import { ACCOUNT_LINK_KINDS } from '../domain/account-links/account-link.js';
import type { ProbeTaker } from '../domain/doctor/probe.js';
import type { Logger } from '../observability/logger.js';
import type { Tracing } from '../observability/tracing.js';
import type { ArtifactUnits } from '../provider/artifact-units.js';
import { ROUTES } from '../provider/routes.js';
import { answerRepeatedRefresh } from '../provider/refresh-answers.js';
import { createAccountRouter, type AccountRouterDeps } from './account/router.js';
import type { AccountLinkDeps } from './account-links/account-link-deps.js';
import { createAccountLinkRouter } from './account-links/router.js';
import { createClientRegistrationRouter, type ClientRegistrationDeps } from './client-registration/router.js';
import { createDevMailRouter, DEV_MAIL_PATH, type DevMailDeps } from './dev-mail/router.js';
import { createHealthRouter, type HealthDeps } from './health.js';
import { metricsEndpoint, type MetricsDeps } from './metrics.js';
import { createHomeRouter, type HomeDeps } from './home.js';
import type { InteractionDeps } from './interactions/interaction-deps.js';
import { createSecondFactorRouter } from './interactions/second-factor-router.js';
import { createInteractionRouter } from './interactions/router.js';
import { createLogoRouter } from './logos.js';
import { createLanguageRouter } from './language-choice.js';
import { accessLog, type RequestObserver } from './middlewares/access-log.js';
import { answerProbe } from './middlewares/answer-probe.js';
import { below, type Area } from './middlewares/below.js';
import { authorizationByPost } from './middlewares/authorization-by-post.js';
import { artifactUnit } from './middlewares/artifact-unit.js';
import { continueAfterForm } from './middlewares/continue-after-form.js';
import { errorHandler } from './middlewares/error-handler.js';
import { formPostPage } from './middlewares/form-post-page.js';
import { issuerHost, type CertificateHost } from './middlewares/issuer-host.js';
import { prebuiltDocuments, type DocumentAges } from './middlewares/prebuilt-documents.js';
import { requestId } from './middlewares/request-id.js';
import { securityHeaders } from './middlewares/security-headers.js';
import { staticFiles } from './middlewares/static-files.js';
import { traceRequests } from './middlewares/trace-requests.js';
import { trustedProxies } from './middlewares/trusted-proxies.js';
import { createWellKnownRouter, WELL_KNOWN_PATHS } from './well-known.js';
import { createSetupRouter, type SetupDeps } from './setup/router.js';
import { createSignUpRouter, SIGN_UP_PATHS } from './sign-up/router.js';
import type { SelfServiceDeps } from './sign-up/self-service-deps.js';
import type { SignUpDeps } from './sign-up/sign-up-deps.js';
import type { UpstreamDeps } from './upstream/upstream-deps.js';
import { createUpstreamRouter } from './upstream/router.js';
import type { StaticAssets } from './static-assets.js';

export interface AppDeps
  extends InteractionDeps, SetupDeps, Omit<AccountLinkDeps, 'signedIn'>, HomeDeps, HealthDeps, SignUpDeps {
  readonly selfService: SelfServiceDeps;
  readonly upstream: UpstreamDeps;
  /** Absent: no application registers itself. */
  readonly clientRegistration: ClientRegistrationDeps | undefined;
  /** The mails for the pages that show them; development only. */
  readonly devMails: DevMailDeps['mails'] | undefined;
  readonly assets: StaticAssets;
  /** Languages of the pages. */
  readonly languages: readonly string[];
  readonly units: ArtifactUnits;
  /** The protocol's endpoints; asked for at each request, since new keys bring a new provider. */
  readonly protocol: () => Middleware;
  readonly documentAges: DocumentAges;
  /** The REST API and its documentation. */
  readonly api: Middleware;
  /** The pages below `/account`. */
  readonly account: AccountRouterDeps;
  readonly logoutFormPath: string;
  readonly cookieKeys: readonly string[];
  readonly trustedProxies: readonly string[];
  /** Takes the probes of the doctor. */
  readonly probes: ProbeTaker;
  /** Headers, in lower case, in which a proxy hands certificates of clients over; none: they are not used. */
  readonly certificateHeaders: readonly string[];
  /** Absent: certificates are presented to the issuer's own host, if at all. */
  readonly certificateHost: CertificateHost | undefined;
  readonly logger: Logger;
  readonly requestAnswered?: RequestObserver | undefined;
  /** Undefined: nobody collects traces. */
  readonly tracing?: Tracing | undefined;
  readonly metrics: MetricsDeps;
}

const accountLinkPaths = Object.values(ACCOUNT_LINK_KINDS).map(({ path }) => path);

/** Of the endpoints that no setting turns off. */
const METHODS = {
  [ROUTES.authorization]: ['GET', 'POST'],
  [ROUTES.token]: ['POST'],
  [ROUTES.userinfo]: ['GET', 'POST'],
  [ROUTES.jwks]: ['GET'],
};

/** Everything that this server answers, from the outside in: read it from top to bottom. */
export function createApp(deps: AppDeps): Koa {
  const { pages, logger, issuer } = deps;
  // The headers that Koa then believes are cleaned by `trustedProxies` and `issuerHost`.
  const app = new Koa({ proxy: true, keys: [...deps.cookieKeys] });
  app.silent = true;

  app.use(requestId);
  const proxies = trustedProxies(deps.trustedProxies, deps.certificateHeaders);
  app.use(answerProbe(deps.probes, { proxies, secure: issuer.startsWith('https:') }));
  if (deps.tracing) app.use(traceRequests(deps.tracing));
  app.use(proxies);
  app.use(accessLog(logger, deps.requestAnswered));
  app.use(securityHeaders(issuer));
  app.use(errorHandler(pages, logger, METHODS));
  app.use(below([['/healthz'], createHealthRouter(deps)]));
  app.use(metricsEndpoint(deps.metrics));
  app.use(issuerHost(issuer, pages, deps.certificateHost));
  app.use(prebuiltDocuments(deps.protocol, deps.documentAges));
  app.use(staticFiles(deps.assets));
  app.use(
    below(
      [['/'], createHomeRouter(deps)],
      [WELL_KNOWN_PATHS, createWellKnownRouter(deps)],
      [['/logos'], createLogoRouter(deps)],
      [['/language'], createLanguageRouter(deps)],
      ...devMailArea(deps),
      [['/setup'], createSetupRouter(deps)],
      [SIGN_UP_PATHS, createSignUpRouter(deps)],
      [accountLinkPaths, createAccountLinkRouter({ ...deps, signedIn: deps.account.signedIn })],
      [['/upstream'], createUpstreamRouter(deps.upstream)],
      ...clientRegistrationArea(deps.clientRegistration),
    ),
  );
  app.use(deps.api);
  app.use(authorizationByPost(ROUTES.authorization));
  app.use(artifactUnit(deps.units, (ctx, token) => answerRepeatedRefresh(deps, ctx, token)));
  app.use(
    below(
      [['/interaction'], createSecondFactorRouter(deps)],
      [['/interaction'], createInteractionRouter(deps)],
      [['/account'], createAccountRouter(deps.account)],
    ),
  );
  app.use(continueAfterForm(deps.logoutFormPath, pages));
  app.use(formPostPage(ROUTES.authorization, pages));
  app.use((ctx, next): unknown => deps.protocol()(ctx, next));
  return app;
}

function devMailArea({ pages, devMails }: AppDeps): readonly Area[] {
  return devMails ? [[[DEV_MAIL_PATH], createDevMailRouter({ pages, mails: devMails })]] : [];
}

function clientRegistrationArea(deps: ClientRegistrationDeps | undefined): readonly Area[] {
  return deps ? [[[deps.path], createClientRegistrationRouter(deps)]] : [];
}
