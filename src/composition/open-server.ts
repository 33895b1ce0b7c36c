import type { RequestListener } from 'node:http';
import type { Config } from '../config/config.js';
import { withListeningPort } from '../config/issuer.js';
import type { Logger } from '../observability/logger.js';
import type { Redis } from '../storage/redis/redis.js';
import { assembleServer } from './assemble-server.js';
import { asStartFailure } from './as-start-failure.js';
import { ensureDeclared } from './ensure-declared.js';
import { firstSetup, type FirstSetup } from './first-setup.js';
import { listen } from './listen.js';
import { openMetrics } from './open-metrics.js';
import { openApplication } from './open-application.js';
import type { Application } from './application.js';
import { tellFindings } from './tell-findings.js';
import { openConfiguredRedis } from './open-redis.js';
import { openTracing } from './open-tracing.js';
import { followTlsCertificate, readTlsCertificate } from './tls-certificate.js';
import { warnAtStart } from './warn-at-start.js';

/** A server that answers. */
export interface RunningServer {
  readonly config: Config;
  readonly application: Application;
  /** How to set up the first administrator; absent once there is one. */
  readonly setup: FirstSetup | undefined;
  /** Says that it is not ready any more, and serves on: load balancers take it out meanwhile. */
  leave(): void;
  /** Answers what is under way, takes nothing new, and closes everything. */
  stop(): Promise<void>;
}

/**
 * Starts serving.
 * @throws {StartupError} when something has to be mended first
 */
export async function openServer(configured: Config, logger: Logger): Promise<RunningServer> {
  let answer: RequestListener = (_req, res) => {
    res.writeHead(503, { 'Retry-After': '1' }).end();
  };
  // The port comes first: it may decide the issuer, and a port that is taken should cost no start of a database.
  const tls = configured.tls && readTlsCertificate(configured.tls);
  const listening = await listen(
    configured.host,
    configured.port,
    (req, res) => answer(req, res),
    undefined,
    tls,
  );
  const config = withListeningPort(configured, listening.port);
  const metrics = openMetrics();
  const tracing = await openTracing(config);
  let redis: Redis | undefined;
  let application: Application | undefined;
  try {
    redis = await openConfiguredRedis(config, logger, metrics.redisAnswered);
    application = await openApplication(config, {
      applicationName: 'latchkey',
      observer: metrics,
      tracing,
      redis,
    });
    await ensureDeclared(application);
    await warnAtStart(application, logger);
    const served = await assembleServer(application, { logger, metrics, tracing });
    answer = served.answer;
    const opened = application;
    const stopDoctor = tellFindings(opened, logger);
    const stopFollowing = config.tls && followTlsCertificate(config.tls, listening.tlsServers, logger);
    return {
      config,
      application: opened,
      setup: await firstSetup(opened),
      leave() {
        served.shutDown();
        listening.keepNoConnections();
      },
      async stop() {
        stopDoctor();
        served.shutDown();
        stopFollowing?.();
        await listening.drain();
        await served.close();
        await opened.close();
        await opened.redis?.close();
        await tracing?.close();
      },
    };
  } catch (error) {
    await listening.drain();
    await application?.close();
    await redis?.close();
    await tracing?.close();
    throw application ? asStartFailure(error, application.database) : error;
  }
}
