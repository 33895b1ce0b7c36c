import type { FactorDeps } from '../http/factors/factor-deps.js';
import type { Logger } from '../observability/logger.js';
import type { Tracing } from '../observability/tracing.js';
import { ArtifactUnits } from '../provider/artifact-units.js';
import { createClientCache } from '../provider/client-cache.js';
import { createNoteClientUse } from '../provider/client-uses.js';
import { refusingAsInvalidClient } from '../provider/document-refusals.js';
import { createInteractions, type Interactions } from '../provider/interactions.js';
import { createKnownSessions } from '../provider/known-sessions.js';
import type { ProtocolPages } from '../provider/protocol-pages.js';
import type { ProviderDependencies } from '../provider/provider-dependencies.js';
import { createProvider } from '../provider/provider.js';
import { createNoteRegisteredClientUse } from '../provider/registered-client-uses.js';
import { supportedScopes } from '../provider/scopes-and-claims.js';
import { withClientDocuments } from '../domain/client-registration/client-documents.js';
import { deriveKey } from '../security/derive-key.js';
import { createSealedBox } from '../security/sealed-box.js';
import { createClientUseStore } from '../storage/postgres/client-use-store.js';
import type { SigningKey } from '../domain/signing-keys/signing-key.js';
import type { ArtifactPurge } from '../domain/artifacts/purge-artifacts.js';
import type { LaneWatcher } from '../storage/postgres/batch-lane.js';
import type { ChangeFeed } from '../storage/postgres/change-feed.js';
import { CLOCK_TOLERANCE_SECONDS } from './clock-tolerance.js';
import { openCibaParts } from './open-ciba-parts.js';
import { openAssertions } from './open-assertions.js';
import { openAttestations } from './open-attestations.js';
import { openClientDocuments } from './open-client-documents.js';
import type { Outages } from './follow-outages.js';
import { followSigningKeys } from './follow-signing-keys.js';
import type { Application } from './application.js';
import type { Lookups } from './open-lookups.js';
import { openArtifactStore } from './open-artifact-store.js';
import { protocolSettings } from './protocol-settings.js';

type Provider = ReturnType<typeof createProvider>;

/** The protocol, running. */
export interface Protocol {
  /** The provider of now: new signing keys bring a new one. */
  readonly current: () => Provider;
  /** The signing keys of now. */
  readonly signingKeys: () => readonly SigningKey[];
  readonly interactions: Interactions;
  readonly units: ArtifactUnits;
  readonly artifactPurge: ArtifactPurge;
  readonly stop: () => void;
}

/** Puts the protocol together, and again whenever the signing keys change on any instance. */
export async function openProtocol(
  application: Application,
  parts: {
    readonly changes: ChangeFeed;
    readonly lookups: Lookups;
    readonly factors: Pick<FactorDeps, 'secondFactors' | 'deviceMemory'>;
    readonly pages: ProtocolPages;
    readonly cookieKeys: readonly string[];
    readonly logger: Logger;
    readonly outages: Pick<Outages, 'noticed'>;
    readonly watchLane: LaneWatcher;
    readonly tracing: Tracing | undefined;
  },
): Promise<Protocol> {
  const { config, dataKey, stores, clock, artifactCodec: codec } = application;
  const { changes, lookups, factors, pages, cookieKeys, logger, outages, watchLane, tracing } = parts;
  const { store, purge } = openArtifactStore(application, {
    clockToleranceSeconds: CLOCK_TOLERANCE_SECONDS,
    watchLane,
  });
  const units = new ArtifactUnits(store);
  const dependencies: Omit<ProviderDependencies, 'signingKeys'> = {
    settings: protocolSettings(config, application.resources),
    units,
    clients: withClientDocuments(
      createClientCache(application.clientDirectory, changes),
      refusingAsInvalidClient(openClientDocuments(application)),
    ),
    clientSecretHasher: application.clientSecretHasher,
    secondFactor: config.secondFactor,
    requireVerifiedEmail: config.requireVerifiedEmail,
    secondFactors: factors.secondFactors,
    isRememberedDevice: (ctx, accountId) => factors.deviceMemory.isRemembered(ctx, accountId),
    accounts: lookups.accounts,
    consents: lookups.consents,
    logoutQueue: stores.logoutQueue,
    cookieKeys,
    dpopNonceSecret: deriveKey(dataKey, 'dpop-nonces'),
    pairwiseSubject: application.pairwiseSubject,
    ciba: config.features.ciba ? openCibaParts(application, units) : undefined,
    assertions: config.features.jwtBearer ? openAssertions(application) : undefined,
    attestations: openAttestations(application, tracing?.outbound),
    pages,
    labelOfAccount: async (accountId) => (await stores.accounts.findById(accountId))?.email,
    artifactReference: (key) =>
      (key.model === 'Session' ? codec.uidHash(key.id) : codec.rowId(key)).toString('base64url'),
    noteClientUse: createNoteClientUse({
      clientUses: createClientUseStore(application.database.knex),
      clock,
      logger,
    }),
    noteRegisteredClientUse: createNoteRegisteredClientUse({
      clientRegistrations: stores.clientRegistrations,
      clock,
      logger,
    }),
    forDevelopers: config.mode === 'development' ? { clients: application.clientDirectory } : undefined,
    traceOutbound: tracing?.outbound,
    clock,
    logger,
  };

  const followed = await followSigningKeys(application, {
    changes,
    logger,
    outages,
    build: (signingKeys) => createProvider({ ...dependencies, signingKeys }),
  });
  const provider = followed.current;

  return {
    current: provider,
    signingKeys: followed.signingKeys,
    stop: followed.stop,
    interactions: createInteractions(provider, {
      grantSeconds: config.lifetimes.grantSeconds,
      scopes: new Set(supportedScopes(config.scopes, application.resources)),
      knownSessions: createKnownSessions(provider, {
        secure: config.issuer.startsWith('https:'),
        sealer: createSealedBox(deriveKey(dataKey, 'known-sessions')),
        seconds: config.lifetimes.sessionAbsoluteSeconds,
        sessionReference: (uid) => dependencies.artifactReference({ model: 'Session', id: uid }),
      }),
    }),
    units,
    artifactPurge: purge,
  };
}
