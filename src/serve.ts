import { isRunByNpm, loadConfig } from './config/load-config.js';
import type { Config } from './config/config.js';
import { openServer, type RunningServer } from './composition/open-server.js';
import { createLogger, errorFields, type Logger } from './observability/logger.js';
import { terminalLog } from './observability/terminal-log.js';

/** Seconds that requests under way may take to end before the process ends anyway. */
const DRAIN_SECONDS = 25;

const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

const PARENT_CHECK_MS = 500;

/** Serves until the process is told to stop. @throws {ConfigError} @throws {StartupError} */
export async function serve(): Promise<void> {
  const config = loadConfig();
  const logger = createLogger({
    level: config.logLevel,
    ...(isForPerson(config) ? { destination: terminalLog(process.stdout) } : {}),
  });
  const server = await openServer(config, logger);
  process.stdout.write(`${welcome(server)}\n`);
  logger.info('ready', { issuer: server.config.issuer });
  await toldToStop(logger);
  server.leave();
  await servedOn(server.config.drainSeconds);
  const deadline = setTimeout(() => {
    logger.error('requests did not end in time');
    process.exit(1);
  }, DRAIN_SECONDS * 1000).unref();
  await server.stop();
  clearTimeout(deadline);
  logger.info('stopped');
}

function toldToStop(logger: Logger): Promise<void> {
  return new Promise((resolve) => {
    const stop = (signal: string): void => {
      logger.info('stopping', { signal });
      resolve();
    };
    for (const signal of STOP_SIGNALS) {
      process.once(signal, () => {
        stop(signal);
      });
    }
    if (isRunByNpm()) {
      const parent = process.ppid;
      const watch = setInterval(() => {
        if (process.ppid === parent) return;
        clearInterval(watch);
        stop('npm ended');
      }, PARENT_CHECK_MS).unref();
    }
    process.on('unhandledRejection', (error) => {
      logger.error('unhandled rejection', errorFields(error));
    });
  });
}

/** Whoever asks a second time does not want to wait. */
async function servedOn(seconds: number): Promise<void> {
  if (seconds === 0) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    for (const signal of STOP_SIGNALS) {
      process.once(signal, () => {
        clearTimeout(timer);
        resolve();
      });
    }
  });
}

function isForPerson({ mode }: Config): boolean {
  return mode === 'development' && process.stdout.isTTY;
}

/** What a person needs to know first. In production no link is printed: it would stay in the log. */
function welcome({ config, setup, application }: RunningServer): string {
  const base = config.issuer.replace(/\/$/, '');
  const lines = [
    '',
    `${config.branding.name} is ready.`,
    '',
    `  Issuer      ${config.issuer}`,
    `  Discovery   ${base}/.well-known/openid-configuration`,
  ];
  if (application.database.embedded) lines.push(`  Database    embedded PostgreSQL in ${config.dataDir}`);
  if (config.mode === 'development') lines.push(`  Mails       ${base}/dev/mail`);
  if (config.preset) {
    lines.push(
      '',
      `The preset ${config.preset} is on: for tests only, never for people (docs/conformance.md).`,
    );
  }
  if (setup) {
    lines.push(
      '',
      setup.link === undefined
        ? 'There is no administrator yet. Make a set-up link with: latchkey admin link'
        : `Set up the first administrator (once, within a day):\n  ${setup.link}`,
    );
  }
  if (config.mode !== 'production') {
    lines.push(
      '',
      'Register an app, in another terminal:',
      '  npm run --silent latchkey -- client create --name "My app" --type web \\',
      '    --redirect-uri http://localhost:8080/callback',
    );
  }
  return [...lines, ''].join('\n');
}
