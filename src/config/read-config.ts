import path from 'node:path';
import { toAuthorizationDetailType } from './authorization-details-schema.js';
import { toClientAttester } from './client-attesters-schema.js';
import { toBranding } from './branding.js';
import type { Config, SecretKeys } from './config.js';
import { ConfigError, type ConfigFault } from './config-error.js';
import type { ConfigSources } from './config-sources.js';
import { defaultFileContent, readConfigurationFile } from './configuration-file.js';
import { readEnvironment } from './environment.js';
import type { FileContent } from './file-schema.js';
import { readIdentityProviders } from './read-identity-providers.js';
import { toTrustedIssuer } from './jwt-bearer-schema.js';
import type { RegistrationPolicy } from '../domain/client-registration/registration-policy.js';
import { localIssuer } from './issuer.js';
import { mtlsFaults, toClientCertificateSettings } from './mtls-settings.js';
import { readDeclaredClients } from './read-declared-clients.js';
import { describeReadFailure } from './read-failure.js';
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
    ...mtlsFaults(mode, file.content, sources.env),
    ...presetFaults(mode, file.content),
    ...tlsFaults(environment, sources),
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

function fileSettings(
  {
    scopes,
    resources,
    roles,
    groups,
    branding,
    views_dir,
    lifetimes,
    features,
    password_policy,
    sign_up,
    client_registration,
    client_id_metadata_documents,
    authorization_details_types,
    accounts,
    authentication,
    keys,
    token_exchange,
    mtls,
    client_attesters,
    jwt_bearer,
    profile,
    preset,
  }: FileContent,
  folder: string,
) {
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
    tokenExchange: token_exchange,
    trustedIssuers: jwt_bearer.map(toTrustedIssuer),
    mtls: toClientCertificateSettings(mtls),
    clientAttesters: client_attesters.map(toClientAttester),
    profile,
    preset,
    branding: toBranding(branding, folder),
    viewsDir: views_dir && path.resolve(folder, views_dir),
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
      pushedAuthorizationRequests: features.pushed_authorization_requests,
      dpop: features.dpop,
      requestObjects: features.request_objects,
      jarm: features.jarm,
      jwtUserinfo: features.jwt_userinfo,
      jwtIntrospection: features.jwt_introspection,
      encryption: features.encryption,
      tokenExchange: features.token_exchange,
      mtls: features.mtls,
      jwtBearer: features.jwt_bearer,
      ciba: features.ciba,
      clientAttestation: features.client_attestation,
      responseTypes: features.response_types,
    },
    signUp: { mode: sign_up.mode, emailDomains: sign_up.email_domains },
    clientRegistration: {
      mode: client_registration.mode,
      policy: toRegistrationPolicy(client_registration),
      perNetwork: client_registration.registrations_per_network,
      unusedDays: client_registration.unused_days,
      maxUnused: client_registration.max_unused,
    },
    authorizationDetailTypes: authorization_details_types.map(toAuthorizationDetailType),
    clientDocuments: {
      hosts: client_id_metadata_documents.hosts,
      policy: toRegistrationPolicy(client_id_metadata_documents),
    },
    passwordPolicy: { minLength: password_policy.min_length },
    secondFactor: {
      policy: authentication.second_factor,
      roles: authentication.second_factor_roles,
      rememberDays: authentication.remember_device_days,
    },
    accounts: { deletionGraceDays: accounts.deletion_grace_days },
    keys: {
      rotationDays: keys.rotation_days,
      cacheSeconds: keys.cache_seconds,
      publishSeconds: keys.publish_seconds,
    },
  } satisfies Partial<Config>;
}

function toRegistrationPolicy(
  section: FileContent['client_id_metadata_documents'] | FileContent['client_registration'],
): RegistrationPolicy {
  return {
    redirectHosts: section.redirect_hosts,
    scopes: section.scopes,
    resources: section.resources,
    grantTypes: section.grant_types,
  };
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

/** A JWT access token cannot be taken back, so it lives shortly. */
const JWT_ACCESS_TOKEN_SECONDS = 300;
