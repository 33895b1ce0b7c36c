import type { RequestListener } from 'node:http';
import { ADMINISTRATOR_ROLE } from '../domain/accounts/account.js';
import { emailArea } from '../http/account/email-router.js';
import { requestsArea } from '../http/account/requests-router.js';
import { factorAreas } from '../http/account/factor-areas.js';
import { createApp } from '../http/app.js';
import { createRestartCookie } from '../http/interactions/restart-cookie.js';
import { createCsrf } from '../http/middlewares/csrf.js';
import { createProtocolPages } from '../http/protocol-pages.js';
import { createSignInTicketCookie } from '../http/sign-in-ticket-cookie.js';
import type { Logger } from '../observability/logger.js';
import type { Metrics } from '../observability/metrics.js';
import type { Tracing } from '../observability/tracing.js';
import { ROUTES } from '../provider/routes.js';
import { createProbeTaker } from '../security/probe-seal.js';
import { createKeyedHash, deriveKey } from '../security/derive-key.js';
import { followOutages } from './follow-outages.js';
import { startHousekeeping } from './housekeeping.js';
import { openCiba } from './open-ciba.js';
import { openClientCertificates } from './open-client-certificates.js';
import {
  listenForMetrics,
  metricsAccess,
  countRequests,
  watchApplication,
  type Loads,
} from './open-metrics.js';
import { openChanges } from './open-changes.js';
import { openAccount } from './open-account.js';
import { openApi } from './open-api.js';
import type { Application } from './application.js';
import { openClientRegistration } from './open-client-registration.js';
import { openFactors } from './open-factors.js';
import { openLogos } from './open-logos.js';
import { openLookups } from './open-lookups.js';
import { openLogouts } from './open-logouts.js';
import { openPasskeys } from './open-passkeys.js';
import { openPages } from './open-pages.js';
import { openSelfService } from './open-self-service.js';
import { openUpstream } from './open-upstream.js';
import { openMail } from './open-mail.js';
import { openProtocol } from './open-protocol.js';
import type { LaneWatcher } from '../storage/postgres/batch-lane.js';
import { createReadiness } from './readiness.js';

/** How long applications may keep the discovery document: it changes with the configuration only. */
const DISCOVERY_SECONDS = 300;

/** Puts what answers requests together, and begins what is done beside them; `close` ends that. */
export async function assembleServer(
  application: Application,
  parts: { readonly logger: Logger; readonly metrics: Metrics; readonly tracing: Tracing | undefined },
) {
  const { logger, metrics, tracing } = parts;
  const { config, stores, dataKey } = application;
  const outages = followOutages(application.database, logger);
  const changes = openChanges(application, logger);
  // Before anything is read that it tells of, so that no change falls in between.
  await changes.start();
  const csrf = createCsrf(createKeyedHash(deriveKey(dataKey, 'csrf')), config.issuer);
  const opened = openPages(application, { csrf, logger });
  const { pages } = opened;
  const fetchLogos = await openLogos(application, { changes, logger, tracing, assets: opened.assets });
  const isDevelopment = config.mode === 'development';
  const cookieKeys = config.secretKeys.map((secretKey) =>
    deriveKey(secretKey, 'cookies').toString('base64url'),
  );
  const lanes: Loads = new Map();
  const watchLane: LaneWatcher = (name, load) => void lanes.set(name, load);
  const lookups = openLookups(application, changes, watchLane);
  const factors = openFactors(application, lookups.secondFactors);
  const { upstream, upstreamOf, area: upstreamArea } = openUpstream(application, { pages, logger, tracing });
  const protocol = await openProtocol(application, {
    changes,
    lookups,
    factors,
    pages: createProtocolPages(pages, { forDevelopers: isDevelopment, upstreamOf }),
    cookieKeys,
    logger,
    outages,
    watchLane,
    tracing,
  });
  watchApplication(metrics, application, { lanes, signingKeys: protocol.signingKeys });

  const logouts = openLogouts(application, { protocol, changes, logger, outages });
  const ciba = config.features.ciba
    ? openCiba(application, { protocol, changes, logger, outages })
    : undefined;
  const { passkeySignIn, ownPasskeys, area: passkeyArea } = openPasskeys(application);
  const selfService = openSelfService(application, logger);
  const mail = openMail(application, { changes, logger, outages });
  const registering = openClientRegistration(application, { provider: protocol.current });
  const api = openApi(application, { provider: () => protocol.current(), logger });

  const readiness = createReadiness(application);
  const app = createApp({
    ...application,
    ...lookups,
    authentication: {
      ...application,
      accounts: {
        ...lookups.accounts,
        replacePasswordHash: (...change) => stores.accounts.replacePasswordHash(...change),
      },
    },
    temporaryPasswords: {
      ...application,
      accounts: stores.accounts,
      interactionReference: (id) =>
        application.artifactCodec.rowId({ model: 'Interaction', id }).toString('base64url'),
    },
    ...selfService,
    setup: { ...application, setupLinks: stores.setupLinks },
    accountLinking: { ...application, accounts: stores.accounts, accountLinks: stores.accountLinks },
    signInTickets: { ...application, accounts: stores.accounts, accountLinks: stores.accountLinks },
    signInTicketCookie: createSignInTicketCookie(config.issuer.startsWith('https:')),
    administratorExists: isDevelopment
      ? async () => (await stores.accounts.countEnabledWithRole(ADMINISTRATOR_ROLE)) > 0
      : undefined,
    isReady: readiness.isReady,
    devMails: mail.devMails,
    keepingAccounts: application,
    interactions: protocol.interactions,
    passkeySignIn,
    factors,
    upstream,
    clientRegistration: registering.registration,
    units: protocol.units,
    protocol: () => firstOf(protocol.current().middleware),
    documentAges: {
      '/.well-known/openid-configuration': DISCOVERY_SECONDS,
      [ROUTES.jwks]: config.keys.cacheSeconds,
    },
    logoutFormPath: `${ROUTES.end_session}/confirm`,
    grantSeconds: config.lifetimes.grantSeconds,
    authorizationDetailTypes: config.authorizationDetailTypes,
    ...opened,
    api: api.middleware,
    csrf,
    account: openAccount(application, {
      provider: protocol.current,
      pages,
      csrf,
      logger,
      areas: [
        ...[emailArea, passkeyArea, ...factorAreas(factors), upstreamArea],
        ...(ciba ? [requestsArea(ciba.approvals, () => application.clock.now())] : []),
      ],
      approvals: ciba?.approvals,
      factors,
      ownPasskeys,
      upstream,
    }),
    restartCookie: createRestartCookie(config.issuer.startsWith('https:')),
    cookieKeys,
    trustedProxies: config.trustedProxies,
    probes: createProbeTaker(config.secretKeys, application.clock),
    ...openClientCertificates(config),
    logger,
    metrics: { expose: metrics.expose, ...metricsAccess(config) },
    requestAnswered: countRequests(metrics),
    tracing,
  });

  const stopHousekeeping = startHousekeeping(application, {
    artifacts: protocol.artifactPurge,
    logouts,
    api,
    mail,
    registering,
    ciba,
    fetchLogos,
    logger,
    outages,
    metrics,
  });
  const metricsPort = await listenForMetrics(config, metrics);

  return {
    answer: app.callback() as RequestListener,
    shutDown: readiness.leave,
    close: async () => {
      stopHousekeeping();
      outages.stop();
      await metricsPort?.drain();
      await selfService.selfService.afterwards.settled();
      protocol.stop();
      await logouts.stop();
      await ciba?.stop();
      await mail.stop();
      await changes.stop();
    },
  };
}

function firstOf<Item>(list: readonly Item[]): Item {
  const [first] = list;
  if (first === undefined) throw new Error('the protocol has no middleware');
  return first;
}
