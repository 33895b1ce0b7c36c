import { apiResourceIdentifier } from '../domain/resources/api-resource.js';
import { createApi } from '../http/api/api-app.js';
import { createRateLimit, type RateLimit } from '../http/api/framework/rate-limit.js';
import type { Logger } from '../observability/logger.js';
import { createApiTokens } from '../provider/api-tokens.js';
import { PROOF_ALGORITHMS } from '../provider/features/dpop.js';
import { createCertificateOf } from '../provider/features/mtls.js';
import { createKeyedHash, deriveKey } from '../security/derive-key.js';
import { createIdempotencyStore } from '../storage/postgres/idempotency-store.js';
import { tellingUnavailable } from '../storage/postgres/unavailable.js';
import { createRedisRateLimit } from '../storage/redis/rate-limit.js';
import type { Application } from './application.js';
import type { Protocol } from './open-protocol.js';

/** Requests of one caller within a minute: in each process, or with Redis in all of them together. */
const REQUESTS_PER_MINUTE = 600;

/** The REST API, ready to be mounted. */
export interface OpenedApi {
  readonly middleware: ReturnType<typeof createApi>;
  /** Forgets the idempotency keys that have served their time. @returns how many */
  purge(): Promise<number>;
}

/** Puts the REST API together. */
export function openApi(
  application: Application,
  { provider, logger }: { readonly provider: Protocol['current']; readonly logger: Logger },
): OpenedApi {
  const { config, stores, issuer } = application;
  const idempotency = tellingUnavailable(createIdempotencyStore(application.database.knex));
  const audience = apiResourceIdentifier(issuer);
  const middleware = createApi({
    ...application,
    clientRules: {
      knownScopes: application.knownScopes,
      knownResources: application.knownResources,
      clientFeatures: application.clientFeatures,
      profile: application.profile,
      profileFeatures: application.profileFeatures,
      declaredClientIds: new Set(application.declaredClients.map(({ clientId }) => clientId)),
    },
    tokens: createApiTokens(
      provider,
      audience,
      config.features.mtls ? createCertificateOf(config.mtls, application.clock) : undefined,
    ),
    proofAlgorithms: config.features.dpop ? PROOF_ALGORITHMS : [],
    accounts: stores.accounts,
    roles: stores.roles,
    realm: audience,
    rateLimit: openRateLimit(application),
    idempotency,
    logger,
  });
  return { middleware, purge: () => idempotency.purge() };
}

function openRateLimit({ redis, clock, dataKey }: Application): RateLimit {
  const inProcess = createRateLimit(REQUESTS_PER_MINUTE, () => clock.now().getTime());
  if (!redis) return inProcess;
  return createRedisRateLimit(redis, {
    quota: REQUESTS_PER_MINUTE,
    clock,
    hash: createKeyedHash(deriveKey(dataKey, 'api-callers')),
    meanwhile: inProcess,
  });
}
