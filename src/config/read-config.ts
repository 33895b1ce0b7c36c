import path from 'node:path';
import type { Config, SecretKeys } from './config.js';
import { ConfigError, type ConfigFault } from './config-error.js';
import type { ConfigSources } from './config-sources.js';
import { defaultFileContent, readConfigurationFile } from './configuration-file.js';
import { readEnvironment } from './environment.js';
import type { FileContent } from './file-schema.js';
import { readIdentityProviders } from './read-identity-providers.js';
import { localIssuer } from './issuer.js';
import { fileSettings } from './file-settings.js';
import { mtlsFaults } from './mtls-settings.js';
import { readDeclaredClients } from './read-declared-clients.js';
import { describeReadFailure } from './read-failure.js';
import { redisAuthorities, redisFaults } from './redis-settings.js';
import { tlsFaults, toTlsSettings } from './tls-settings.js';

const DEFAULT_PORT = 3000;
/** What Kubernetes and usual load balancers need to take an instance out. */
const PRODUCTION_DRAIN_SECONDS = 5;

/** A configuration that may lack its secret: outside production one is kept below `dataDir`. */
export type ConfigReading = Omit<Config, 'secretKeys'> & {
  /** Absent when SECRET_KEY is not set, which only development and test allow. */
  readonly secretKeys: SecretKeys | undefined;
};

/**
 * Reads and checks the whole configuration. It looks at nothing but its argument and changes nothing.
 * @throws {ConfigError} naming every fault at once
 */
export function readConfig(sources: ConfigSources): ConfigReading {
  const { mode, environment, faults: environmentFaults } = readEnvironment(sources);
  const file = readFileNamed(environment.CONFIG, sources);
  const faults: readonly ConfigFault[] = [
    ...environmentFaults,
    ...file.faults,
    ...signUpFaults(mode, file.content, environment.SMTP_URL),
    ...verifiedEmailFaults(mode, file.content, environment.SMTP_URL),
    ...mtlsFaults(mode, file.content, sources.env),
    ...presetFaults(mode, file.content),
    ...tlsFaults(environment, sources),
    ...redisFaults(environment, sources),
  ];
  if (faults.length > 0) throw new ConfigError(faults);

  const port = environment.PORT ?? DEFAULT_PORT;
  const tls = toTlsSettings(environment, sources.cwd);
  return {
    mode,
    issuer: environment.ISSUER ?? localIssuer(port, tls ? 'https' : 'http'),
    host: environment.HOST ?? (mode === 'production' ? '0.0.0.0' : 'localhost'),
    port,
    tls,
    databaseUrl: environment.DATABASE_URL,
    dataDir: path.resolve(sources.cwd, environment.DATA_DIR ?? 'data'),
    redisUrl: environment.REDIS_URL,
    redisAuthorities: redisAuthorities(environment, sources),
    smtpUrl: environment.SMTP_URL,
    mailFrom: environment.MAIL_FROM,
    mail: { available: environment.SMTP_URL !== undefined || mode !== 'production' },
    secretKeys: environment.SECRET_KEY,
    trustedProxies: environment.TRUSTED_PROXIES ?? [],
    logLevel: environment.LOG_LEVEL ?? 'info',
    drainSeconds: environment.DRAIN_SECONDS ?? (mode === 'production' ? PRODUCTION_DRAIN_SECONDS : 0),
    tracing:
      environment.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
        ? undefined
        : {
            endpoint: environment.OTEL_EXPORTER_OTLP_ENDPOINT,
            serviceName: environment.OTEL_SERVICE_NAME ?? 'latchkey',
            ratio: environment.OTEL_TRACES_SAMPLER_ARG ?? 1,
          },
    metrics: {
      token: environment.METRICS_TOKEN,
      host: environment.METRICS_HOST ?? 'localhost',
      port: environment.METRICS_PORT,
    },
    clients: file.clients,
    identityProviders: file.identityProviders,
    ...fileSettings(file.content, folderOf(environment.CONFIG, sources.cwd)),
  };
}

/** The folder at which relative paths of the file start. */
function folderOf(file: string | undefined, cwd: string): string {
  return file === undefined ? cwd : path.dirname(path.resolve(cwd, file));
}

function readFileNamed(name: string | undefined, sources: ConfigSources) {
  if (name === undefined)
    return { content: defaultFileContent(), clients: [], identityProviders: [], faults: [] };
  const location = path.resolve(sources.cwd, name);
  let text: string;
  try {
    text = sources.readFile(location);
  } catch (error) {
    const fault = { setting: 'CONFIG', ...describeReadFailure(name, error) };
    return { content: defaultFileContent(), clients: [], identityProviders: [], faults: [fault] };
  }
  const { content, faults } = readConfigurationFile(text);
  if (content === undefined)
    return { content: defaultFileContent(), clients: [], identityProviders: [], faults };
  const folder = path.dirname(location);
  const declared = readDeclaredClients(content.clients, sources.readFile, folder);
  const upstream = readIdentityProviders(content.identity_providers, {
    // Where only some addresses may sign up, the operator says so for each provider.
    allowsSignUp: content.sign_up.mode === 'open' && content.sign_up.email_domains.length === 0,
    readFile: sources.readFile,
    folder,
  });
  return { content, ...declared, ...upstream, faults: [...declared.faults, ...upstream.faults] };
}

/** Whoever signs up is sent a mail; production has nowhere else to show it. */
function signUpFaults(
  mode: Config['mode'],
  { sign_up: { mode: signUp } }: FileContent,
  smtpUrl: string | undefined,
): readonly ConfigFault[] {
  if (mode !== 'production' || signUp === 'off' || smtpUrl !== undefined) return [];
  return [
    {
      setting: 'sign_up.mode',
      problem: `is ${JSON.stringify(signUp)}, which needs mail, but SMTP_URL is not set`,
      remedy: 'Set SMTP_URL and MAIL_FROM, or set sign_up.mode to off.',
    },
  ];
}

/** Whoever has to verify their address is sent a mail; production has nowhere else to show it. */
function verifiedEmailFaults(
  mode: Config['mode'],
  { authentication }: FileContent,
  smtpUrl: string | undefined,
): readonly ConfigFault[] {
  if (mode !== 'production' || !authentication.require_verified_email || smtpUrl !== undefined) return [];
  return [
    {
      setting: 'authentication.require_verified_email',
      problem: 'is true, which needs mail, but SMTP_URL is not set',
      remedy: 'Set SMTP_URL and MAIL_FROM, or set authentication.require_verified_email to false.',
    },
  ];
}

/** It takes guards away that real users need, so there is no way to have it in production. */
function presetFaults(mode: Config['mode'], { preset }: FileContent): readonly ConfigFault[] {
  if (mode !== 'production' || preset === undefined) return [];
  return [
    {
      setting: 'CONFIG preset',
      problem: `is ${preset}, which production refuses`,
      remedy: 'Remove it; for a test of conformance, start another server with NODE_ENV=development.',
    },
  ];
}
