import { createLoginThrottle } from '../storage/postgres/login-throttle.js';
import { STANDARD_SCOPE_CLAIMS } from '../domain/accounts/account-claims.js';
import type { LoginThrottle } from '../domain/accounts/login-throttle.js';
import type { PasswordHasher } from '../domain/accounts/password-hasher.js';
import type { PasswordPolicy } from '../domain/accounts/password-policy.js';
import { createClientDirectory, type ClientDirectory } from '../domain/clients/client-directory.js';
import type { ClientSecretHasher } from '../domain/clients/client-secret-hasher.js';
import { declaredClients } from '../domain/clients/declared-clients.js';
import type { Client } from '../domain/clients/client.js';
import { systemClock, type Clock } from '../domain/clock.js';
import { DomainError } from '../domain/errors.js';
import type { SigningKeyGenerator } from '../domain/signing-keys/ensure-signing-keys.js';
import type { Stores, UnitOfWork } from '../domain/unit-of-work.js';
import type { Config } from '../config/config.js';
import { createArgon2PasswordHasher } from '../security/argon2-password-hasher.js';
import { createClientSecretHasher } from '../security/client-secret-hasher.js';
import { openDataKey } from '../security/data-key.js';
import { deriveKey } from '../security/derive-key.js';
import { randomToken } from '../security/random-token.js';
import { createSealedBox } from '../security/sealed-box.js';
import { signingKeyGenerator } from '../security/signing-key-generator.js';
import { createAccountStore } from '../storage/postgres/account-store.js';
import { createArtifactRevocation } from '../storage/postgres/artifact-revocation.js';
import { createClientStore } from '../storage/postgres/client-store.js';
import { createConsentStore } from '../storage/postgres/consent-store.js';
import type { Database } from '../storage/postgres/database.js';
import { createDataKeyStore } from '../storage/postgres/data-key-store.js';
import { createPostgresUnitOfWork } from '../storage/postgres/postgres-unit-of-work.js';
import { createSetupLinkStore } from '../storage/postgres/setup-link-store.js';
import { tellingUnavailable } from '../storage/postgres/unavailable.js';
import { createSigningKeyStore } from '../storage/postgres/signing-key-store.js';
import { openConfiguredDatabase, type OpenedDatabase } from './open-database.js';
import { StartupError } from './startup-error.js';

/** Everything below HTTP: what the use cases need, for the server and for the command line alike. */
export interface Application {
  readonly config: Config;
  readonly database: OpenedDatabase;
  /** 32 bytes, from which every lasting key is derived. */
  readonly dataKey: Buffer;
  readonly stores: Stores;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
  readonly passwordHasher: PasswordHasher;
  readonly passwordPolicy: PasswordPolicy;
  readonly loginThrottle: LoginThrottle;
  readonly clientSecretHasher: ClientSecretHasher;
  readonly declaredClients: readonly Client[];
  readonly clientDirectory: ClientDirectory;
  readonly signingKeyGenerator: SigningKeyGenerator;
  readonly randomToken: () => string;
  readonly issuer: string;
  readonly knownScopes: readonly string[];
  readonly knownResources: readonly string[];
  close(): Promise<void>;
}

/**
 * Opens the database and puts the stores and use cases' needs together.
 * @throws {StartupError} when something has to be mended first
 */
export async function openApplication(
  config: Config,
  options: { readonly applicationName: string; readonly clock?: Clock },
): Promise<Application> {
  const database = await openConfiguredDatabase(config, {
    applicationName: options.applicationName,
    migrate: true,
  });
  try {
    return await assemble(config, database, options.clock ?? systemClock);
  } catch (error) {
    await database.close();
    if (!(error instanceof DomainError)) throw error;
    const lines = error.faults.length > 0 ? error.faults.map(({ detail }) => detail) : [error.message];
    throw new StartupError(lines, { cause: error });
  }
}

async function assemble(config: Config, database: OpenedDatabase, clock: Clock): Promise<Application> {
  const { knex } = database;
  const dataKey = await openDataKey(createDataKeyStore(knex), config.secretKeys);
  const signingKeySealer = createSealedBox(deriveKey(dataKey, 'signing-keys'));
  const bindStores = (connection: Database): Stores => ({
    accounts: createAccountStore(connection),
    setupLinks: createSetupLinkStore(connection),
    clients: createClientStore(connection),
    consents: createConsentStore(connection),
    signingKeys: createSigningKeyStore(connection, signingKeySealer),
    artifactRevocation: createArtifactRevocation(connection),
  });
  const bound = bindStores(knex);
  const stores: Stores = {
    accounts: tellingUnavailable(bound.accounts),
    setupLinks: tellingUnavailable(bound.setupLinks),
    clients: tellingUnavailable(bound.clients),
    consents: tellingUnavailable(bound.consents),
    signingKeys: tellingUnavailable(bound.signingKeys),
    artifactRevocation: tellingUnavailable(bound.artifactRevocation),
  };
  const clientSecretHasher = createClientSecretHasher([deriveKey(dataKey, 'client-secrets')]);
  const knownScopes = [
    ...Object.keys(STANDARD_SCOPE_CLAIMS),
    'offline_access',
    ...config.scopes.map(({ name }) => name),
  ];
  const knownResources = config.resources.map(({ identifier }) => identifier);
  const declared = declaredClients(
    {
      clock,
      clientSecretHasher,
      knownScopes,
      knownResources,
      // A demo may say "secret"; what guards real users may not.
      minSecretCharacters: config.mode === 'production' ? 32 : 1,
    },
    config.clients,
  );
  return {
    config,
    database,
    dataKey,
    stores,
    unitOfWork: createPostgresUnitOfWork(knex, bindStores),
    clock,
    passwordHasher: createArgon2PasswordHasher(),
    passwordPolicy: { minLength: config.passwordPolicy.minLength, productName: config.branding.name },
    loginThrottle: createLoginThrottle(knex),
    clientSecretHasher,
    declaredClients: declared,
    clientDirectory: createClientDirectory(declared, stores.clients),
    signingKeyGenerator,
    randomToken,
    issuer: config.issuer,
    knownScopes,
    knownResources,
    close: () => database.close(),
  };
}
