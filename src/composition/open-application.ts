import { createLoginThrottle } from '../storage/postgres/login-throttle.js';
import { STANDARD_SCOPE_CLAIMS } from '../domain/accounts/account-claims.js';
import { createClientDirectory } from '../domain/clients/client-directory.js';
import { accountClient } from '../domain/clients/account-client.js';
import { apiDocsClient } from '../domain/clients/api-docs-client.js';
import type { ClientFeatures } from '../domain/clients/client-features.js';
import { declaredClients, type DeclaredClient } from '../domain/clients/declared-clients.js';
import { systemClock, type Clock } from '../domain/clock.js';
import { DomainError } from '../domain/errors.js';
import { demands } from '../domain/profiles/security-profile.js';
import { API_SCOPES, withApiResource } from '../domain/resources/api-resource.js';
import type { AuditOrigin } from '../domain/audit/audit-event.js';
import type { AuditTrail } from '../domain/audit/audit-log.js';
import type { Stores } from '../domain/unit-of-work.js';
import type { Config } from '../config/config.js';
import { signingKeyPlan } from '../config/signing-key-plan.js';
import { createArgon2PasswordHasher } from '../security/argon2-password-hasher.js';
import { createClientSecretHasher } from '../security/client-secret-hasher.js';
import { openDataKey } from '../security/data-key.js';
import { createKeyedHash, deriveKey } from '../security/derive-key.js';
import { foreignHashReader } from '../security/foreign-hashes/foreign-hash-reader.js';
import { foreignVerification } from '../security/foreign-hashes/open-foreign-hash.js';
import { createPairwiseSubject } from '../security/pairwise-subject.js';
import { randomToken } from '../security/random-token.js';
import { createSealedBox } from '../security/sealed-box.js';
import { signingKeyGenerator } from '../security/signing-key-generator.js';
import { signingKeyReader } from '../security/signing-key-reader.js';
import { createArtifactCodec } from '../storage/postgres/artifact-codec.js';
import { createAuditChain } from '../storage/postgres/audit-chain.js';
import { createAuditReader } from '../storage/postgres/audit-reader.js';
import { createAuditAppender } from '../storage/postgres/audit-trail.js';
import type { Database } from '../storage/postgres/database.js';
import { traceStatements } from '../storage/postgres/trace-statements.js';
import type { Tracing } from '../observability/tracing.js';
import { createRedisLoginThrottle } from '../storage/redis/login-throttle.js';
import type { Redis } from '../storage/redis/redis.js';
import { createDataKeyStore } from '../storage/postgres/data-key-store.js';
import { createPostgresUnitsOfWork } from '../storage/postgres/postgres-unit-of-work.js';
import { createStoreFactory, tellingAllUnavailable } from './open-stores.js';
import type { Application } from './application.js';
import { asStartFailure } from './as-start-failure.js';
import { openConfiguredDatabase, type OpenedDatabase } from './open-database.js';
import { observedThrottle, type ApplicationObserver } from './observe-use-cases.js';
import { tracedHasher } from './open-tracing.js';
import { StartupError } from './startup-error.js';

/**
 * Opens the database and puts the stores and use cases' needs together.
 * @param options.origin where the changes of this process come from; absent: the system itself
 * @param options.observer hears of what happens, for metrics
 * @param options.tracing follows what requests do; absent: nobody collects traces
 * @param options.redis for a process that serves requests; the others need none
 * @throws {StartupError} when something has to be mended first
 */
export async function openApplication(
  config: Config,
  options: {
    readonly applicationName: string;
    readonly clock?: Clock;
    readonly origin?: AuditOrigin;
    readonly observer?: ApplicationObserver;
    readonly tracing?: Tracing | undefined;
    readonly redis?: Redis | undefined;
  },
): Promise<Application> {
  const database = await openConfiguredDatabase(config, {
    applicationName: options.applicationName,
    migrate: true,
  });
  try {
    return await assemble(config, database, {
      clock: systemClock,
      origin: { actor: { kind: 'system' } },
      ...options,
    });
  } catch (error) {
    await database.close();
    if (!(error instanceof DomainError) || error.code === 'storage_unavailable')
      throw asStartFailure(error, database);
    const lines = error.faults.length > 0 ? error.faults.map(({ detail }) => detail) : [error.message];
    throw new StartupError(lines, { cause: error });
  }
}

async function assemble(
  config: Config,
  database: OpenedDatabase,
  {
    clock,
    origin,
    observer,
    tracing,
    redis,
  }: {
    readonly clock: Clock;
    readonly origin: AuditOrigin;
    readonly observer?: ApplicationObserver;
    readonly tracing?: Tracing | undefined;
    readonly redis?: Redis | undefined;
  },
): Promise<Application> {
  const { knex } = database;
  if (tracing) traceStatements(knex, tracing.begin);
  const dataKeys = createDataKeyStore(knex);
  const dataKey = await openDataKey(dataKeys, config.secretKeys);
  const epoch = await dataKeys.readIssuanceEpoch();
  const artifactCodec = createArtifactCodec(
    createKeyedHash(deriveKey(dataKey, epoch === undefined ? 'artifact-ids' : `artifact-ids ${epoch}`)),
    createSealedBox(deriveKey(dataKey, 'artifact-payloads')),
  );
  const storesOn = createStoreFactory({ dataKey, artifactCodec, clock, redis });
  const bindStores = (connection: Database, audit: AuditTrail): Stores => ({
    ...storesOn(connection),
    audit,
  });
  const stores = tellingAllUnavailable(storesOn(knex));
  const auditChain = createAuditChain(createKeyedHash(deriveKey(dataKey, 'audit-chain')));
  const auditLog = createAuditAppender({ chain: auditChain, clock, written: observer?.audited });
  const unitsOfWork = createPostgresUnitsOfWork(knex, bindStores, auditLog);
  const clientSecretHasher = createClientSecretHasher([deriveKey(dataKey, 'client-secrets')]);
  const knownScopes = [
    ...Object.keys(STANDARD_SCOPE_CLAIMS),
    'offline_access',
    ...API_SCOPES,
    ...config.scopes.map(({ name }) => name),
  ];
  const resources = withApiResource(config.resources, config.issuer);
  const knownResources = resources.map(({ identifier }) => identifier);
  const clientFeatures: ClientFeatures = {
    ...config.features,
    tlsClientAuth: config.mtls.verification.by !== 'nobody',
  };
  const declared = declaredClients(
    {
      clock,
      clientSecretHasher,
      knownScopes,
      knownResources,
      clientFeatures,
      profile: config.profile,
      profileFeatures: config.features,
      // A demo may say "secret"; what guards real users may not.
      minSecretCharacters: config.mode === 'production' ? 32 : 1,
    },
    [...config.clients, ...ownClients(config)],
  );
  return {
    config,
    database,
    redis,
    dataKey,
    artifactCodec,
    stores,
    unitsOfWork,
    unitOfWork: unitsOfWork.from(origin),
    auditReader: createAuditReader(knex, auditChain),
    auditLog,
    registrationHash: createKeyedHash(deriveKey(dataKey, 'registration-hashes')),
    signUp: config.signUp,
    loginHash: createKeyedHash(deriveKey(dataKey, 'audit-logins')),
    clock,
    passwordHasher: tracedHasher(createArgon2PasswordHasher({ foreignVerification }), tracing),
    foreignHashes: foreignHashReader,
    passwordPolicy: { minLength: config.passwordPolicy.minLength, productName: config.branding.name },
    loginThrottle: observedThrottle(
      redis
        ? createRedisLoginThrottle({ redis, hash: createKeyedHash(deriveKey(dataKey, 'login-throttle')) })
        : createLoginThrottle(knex),
      observer,
    ),
    clientSecretHasher,
    declaredClients: declared,
    clientDirectory: createClientDirectory(declared, stores.clients, config.profile),
    signingKeyGenerator,
    signingKeyReader,
    signingKeyPlan: signingKeyPlan(config),
    randomToken,
    mail: config.mail,
    issuer: config.issuer,
    pairwiseSubject: createPairwiseSubject(deriveKey(dataKey, 'pairwise-subjects')),
    identityProviders: config.identityProviders,
    scopes: config.scopes,
    resources,
    knownScopes,
    knownResources,
    clientFeatures,
    profile: config.profile,
    profileFeatures: config.features,
    close: () => database.close(),
  };
}

/** The clients that the product brings along. The documentation's page holds no key, so no FAPI profile has room for it. */
function ownClients({ issuer, profile, branding }: Config): readonly DeclaredClient[] {
  return [
    accountClient({ issuer, name: branding.name }),
    ...(demands(profile, 'fapi2') ? [] : [apiDocsClient(issuer)]),
  ];
}
