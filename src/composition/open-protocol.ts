import { ensureSigningKeys } from '../domain/signing-keys/ensure-signing-keys.js';
import { PAGE_LANGUAGES } from '../http/locale.js';
import type { Logger } from '../observability/logger.js';
import { ArtifactUnits } from '../provider/artifact-units.js';
import { createClientCache } from '../provider/client-cache.js';
import { createInteractions, type Interactions } from '../provider/interactions.js';
import type { ProtocolPages } from '../provider/protocol-pages.js';
import type { ProviderDependencies } from '../provider/provider-dependencies.js';
import { createProvider } from '../provider/provider.js';
import { supportedScopes } from '../provider/scopes-and-claims.js';
import { deriveKey } from '../security/derive-key.js';
import { createAccountLookup } from '../storage/postgres/account-lookup.js';
import { createPostgresArtifactStore } from '../storage/postgres/artifact-store.js';
import type { ArtifactPurge } from '../domain/artifacts/purge-artifacts.js';
import type { ChangeFeed } from '../storage/postgres/change-feed.js';
import type { Application } from './open-application.js';

/** Seconds by which the clocks of this server, its database and its clients may differ. */
const CLOCK_TOLERANCE_SECONDS = 10;

type Provider = ReturnType<typeof createProvider>;

/** The protocol, running. */
export interface Protocol {
  /** The provider of now: new signing keys bring a new one. */
  current(): Provider;
  readonly interactions: Interactions;
  readonly units: ArtifactUnits;
  readonly artifactPurge: ArtifactPurge;
}

/** Puts the protocol together, and again whenever the signing keys change on any instance. */
export async function openProtocol(
  application: Application,
  parts: {
    readonly changes: ChangeFeed;
    readonly pages: ProtocolPages;
    readonly cookieKeys: readonly string[];
    readonly logger: Logger;
  },
): Promise<Protocol> {
  const { config, dataKey, stores, clock, artifactCodec: codec } = application;
  const { changes, pages, cookieKeys, logger } = parts;
  const store = createPostgresArtifactStore({
    knex: application.database.knex,
    codec,
    clock,
    auditLog: application.auditLog,
    clockToleranceSeconds: CLOCK_TOLERANCE_SECONDS,
  });
  const units = new ArtifactUnits(store);
  const dependencies: Omit<ProviderDependencies, 'signingKeys'> = {
    settings: {
      ...config,
      resources: application.resources,
      uiLocales: PAGE_LANGUAGES,
      allowLoopback: config.mode !== 'production',
      clockToleranceSeconds: CLOCK_TOLERANCE_SECONDS,
    },
    units,
    clients: createClientCache(application.clientDirectory, changes),
    clientSecretHasher: application.clientSecretHasher,
    accounts: createAccountLookup(application.database.knex),
    consents: stores.consents,
    cookieKeys,
    pairwiseSalt: deriveKey(dataKey, 'pairwise-subjects'),
    pages,
    labelOfAccount: async (accountId) => (await stores.accounts.findById(accountId))?.email,
    artifactReference: (key) =>
      (key.model === 'Session' ? codec.uidHash(key.id) : codec.rowId(key)).toString('base64url'),
    clock,
    logger,
  };

  let rebuilding: Promise<void> | undefined;
  const rebuild = async (): Promise<void> => {
    const signingKeys = await stores.signingKeys.list();
    provider = createProvider({ ...dependencies, signingKeys });
    logger.info('signing keys changed', { count: signingKeys.length });
  };
  const changed = (): void => {
    // Changes that arrive while one is being taken in are taken in after it, together.
    rebuilding ??= rebuild()
      .catch((error: unknown) => {
        logger.error('signing keys cannot be read', {
          errorName: error instanceof Error ? error.name : 'unknown',
        });
      })
      .finally(() => (rebuilding = undefined));
  };
  changes.onChange('signing-key', changed);
  changes.onListening(changed);
  let provider = createProvider({ ...dependencies, signingKeys: await ensureSigningKeys(application) });

  return {
    current: () => provider,
    interactions: createInteractions(() => provider, {
      grantSeconds: config.lifetimes.grantSeconds,
      scopes: new Set(supportedScopes(config.scopes, application.resources)),
    }),
    units,
    artifactPurge: store,
  };
}
