import path from 'node:path';
import type { Config, SecretKeys } from './config.js';
import { ConfigError, type ConfigFault } from './config-error.js';
import type { ConfigSources } from './config-sources.js';
import { defaultFileContent, readConfigurationFile } from './configuration-file.js';
import { readEnvironment } from './environment.js';
import type { FileContent } from './file-schema.js';
import { localIssuer } from './issuer.js';
import { readDeclaredClients } from './read-declared-clients.js';
import { describeReadFailure } from './read-failure.js';

const DEFAULT_PORT = 3000;

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
  const faults: readonly ConfigFault[] = [...environmentFaults, ...file.faults];
  if (faults.length > 0) throw new ConfigError(faults);

  const port = environment.PORT ?? DEFAULT_PORT;
  return {
    mode,
    issuer: environment.ISSUER ?? localIssuer(port),
    host: environment.HOST ?? (mode === 'production' ? '0.0.0.0' : 'localhost'),
    port,
    databaseUrl: environment.DATABASE_URL,
    dataDir: path.resolve(sources.cwd, environment.DATA_DIR ?? 'data'),
    redisUrl: environment.REDIS_URL,
    smtpUrl: environment.SMTP_URL,
    mailFrom: environment.MAIL_FROM,
    secretKeys: environment.SECRET_KEY,
    trustedProxies: environment.TRUSTED_PROXIES ?? [],
    logLevel: environment.LOG_LEVEL ?? 'info',
    clients: file.clients,
    ...fileSettings(file.content),
  };
}

function readFileNamed(name: string | undefined, sources: ConfigSources) {
  if (name === undefined) return { content: defaultFileContent(), clients: [], faults: [] };
  const location = path.resolve(sources.cwd, name);
  let text: string;
  try {
    text = sources.readFile(location);
  } catch (error) {
    const fault = { setting: 'CONFIG', ...describeReadFailure(name, error) };
    return { content: defaultFileContent(), clients: [], faults: [fault] };
  }
  const { content, faults } = readConfigurationFile(text);
  if (content === undefined) return { content: defaultFileContent(), clients: [], faults };
  return { content, ...readDeclaredClients(content.clients, sources.readFile, path.dirname(location)) };
}

function fileSettings({
  scopes,
  resources,
  roles,
  groups,
  branding,
  lifetimes,
  features,
  password_policy,
}: FileContent) {
  return {
    scopes,
    roles,
    groups,
    resources: resources.map((resource) => ({
      identifier: resource.identifier,
      name: resource.name ?? resource.identifier,
      scopes: resource.scopes,
      accessTokenFormat: resource.access_token_format,
      accessTokenLifetime:
        resource.access_token_lifetime_seconds ??
        (resource.access_token_format === 'jwt' ? JWT_ACCESS_TOKEN_SECONDS : lifetimes.access_token_seconds),
      introspectionClients: resource.introspection_clients,
      signingAlgorithm: resource.signing_algorithm,
    })),
    branding: {
      name: branding.name,
      accent: branding.accent?.toLowerCase(),
      helpUrl: branding.help_url,
      privacyUrl: branding.privacy_url,
      termsUrl: branding.terms_url,
    },
    lifetimes: {
      sessionSeconds: lifetimes.session_seconds,
      sessionAbsoluteSeconds: lifetimes.session_absolute_seconds,
      accessTokenSeconds: lifetimes.access_token_seconds,
      idTokenSeconds: lifetimes.id_token_seconds,
      refreshTokenSeconds: lifetimes.refresh_token_seconds,
      grantSeconds: lifetimes.grant_seconds,
      authorizationCodeSeconds: lifetimes.authorization_code_seconds,
      deviceCodeSeconds: lifetimes.device_code_seconds,
      interactionSeconds: lifetimes.interaction_seconds,
    },
    features: {
      deviceFlow: features.device_flow,
      introspection: features.introspection,
      revocation: features.revocation,
      clientCredentials: features.client_credentials,
    },
    passwordPolicy: { minLength: password_policy.min_length },
  } satisfies Partial<Config>;
}

/** A JWT access token cannot be taken back, so it lives shortly. */
const JWT_ACCESS_TOKEN_SECONDS = 300;
