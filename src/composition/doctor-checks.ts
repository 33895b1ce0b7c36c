import type { Config } from '../config/config.js';
import { signingKeyPlan } from '../config/signing-key-plan.js';
import type { Clock } from '../domain/clock.js';
import { checkClock } from '../domain/doctor/check-clock.js';
import { checkDatabase } from '../domain/doctor/check-database.js';
import { checkIdentityProviders } from '../domain/doctor/check-identity-providers.js';
import { checkLogoutQueue } from '../domain/doctor/check-logout-queue.js';
import { checkMailOutbox, LOOKED_AT } from '../domain/doctor/check-mail-outbox.js';
import { checkMailServer } from '../domain/doctor/check-mail-server.js';
import { checkMigrations } from '../domain/doctor/check-migrations.js';
import { checkResponseTypes } from '../domain/doctor/check-response-types.js';
import { checkRedis, unusableRedis } from '../domain/doctor/check-redis.js';
import { checkSecretKey } from '../domain/doctor/check-secret-key.js';
import { checkSigningKeys } from '../domain/doctor/check-signing-keys.js';
import { fault, hasFault, type Finding } from '../domain/doctor/finding.js';
import { checkIssuer } from '../domain/doctor/issuer/check-issuer.js';
import { readClockOf } from '../domain/doctor/issuer/read-clock-of.js';
import { readPublishedKeys } from '../domain/doctor/issuer/read-published-keys.js';
import type { Visitor } from '../domain/doctor/visit.js';
import type { Check } from '../domain/doctor/run-checks.js';
import { silentLogger } from '../observability/logger.js';
import { createKeyedHash, deriveKey } from '../security/derive-key.js';
import { examineDataKey } from '../security/data-key.js';
import { createProbeMaker } from '../security/probe-seal.js';
import { createSealedBox } from '../security/sealed-box.js';
import { createArtifactCodec } from '../storage/postgres/artifact-codec.js';
import { createDataKeyStore } from '../storage/postgres/data-key-store.js';
import { describeDatabaseFailure } from '../storage/postgres/database-failure.js';
import { databaseClockAhead, examineDatabase } from '../storage/postgres/examine-database.js';
import { pendingMigrations, SchemaNewerError } from '../storage/postgres/migrate.js';
import { createOpenidUpstream } from '../upstream/openid-upstream.js';
import { createProviderConnections } from '../upstream/provider-connections.js';
import { createVisitor } from '../upstream/visit-address.js';
import { POOL_SIZE, type OpenedDatabase } from './open-database.js';
import { reachMailServer } from './open-mailer.js';
import { openConfiguredRedis } from './open-redis.js';
import { createStoreFactory } from './open-stores.js';
import { StartupError } from './startup-error.js';

/** What the doctor looks at. */
export interface Patient {
  readonly config: Config;
  readonly database: Pick<OpenedDatabase, 'knex' | 'url'>;
  readonly clock: Clock;
}

/** Everything that is looked at, in the order in which it is told. */
export function doctorChecks(patient: Patient): readonly Check[] {
  const { config, clock } = patient;
  const visit = createVisitor(clock);
  const { issuer } = config;
  return [
    {
      name: 'issuer',
      run: () => checkIssuer({ issuer, visit, probes: createProbeMaker(config.secretKeys, clock) }),
    },
    { name: 'clock', run: () => lookAtClocks(patient, visit) },
    { name: 'database', run: () => lookIntoDatabase(patient, visit) },
    {
      name: 'mail',
      run: async () =>
        checkMailServer(await reachMailServer(config), { isRequired: config.mode === 'production' }),
    },
    { name: 'redis', run: async () => checkRedisOf(config) },
    {
      name: 'response_types',
      run: () => Promise.resolve(checkResponseTypes(config.features.responseTypes)),
    },
    { name: 'identity_providers', run: () => lookAtProviders(patient) },
  ];
}

async function lookAtClocks(
  { config, database, clock }: Patient,
  visit: Visitor,
): Promise<readonly Finding[]> {
  const readings = await Promise.all([
    databaseClockAhead(database.knex, () => clock.now()).then(
      (aheadSeconds) => ({ of: 'the database', aheadSeconds }),
      () => undefined,
    ),
    readClockOf(config.issuer, visit),
  ]);
  return checkClock(readings.filter((reading) => reading !== undefined));
}

/** The database and all that is kept in it; what cannot be looked at for an earlier finding's sake is left out. */
async function lookIntoDatabase(patient: Patient, visit: Visitor): Promise<readonly Finding[]> {
  const { config, clock } = patient;
  const { knex, url } = patient.database;
  let database: readonly Finding[];
  try {
    database = checkDatabase(await examineDatabase(knex, url), { poolSize: POOL_SIZE });
  } catch (error) {
    const found = describeDatabaseFailure(error, url);
    const [what = found, remedy = 'See the log of the database.'] = found.split(/: (.*)/s);
    return [fault('database.unusable', `${what}.`, capitalised(remedy))];
  }
  const migrations = checkMigrations(await schemaState(knex));
  if (hasFault(migrations)) return [...database, ...migrations];
  const { state, dataKey } = await examineDataKey(createDataKeyStore(knex), config.secretKeys);
  const secretKey = checkSecretKey(state);
  if (!dataKey) return [...database, ...migrations, ...secretKey];

  const codec = createArtifactCodec(
    createKeyedHash(deriveKey(dataKey, 'artifact-ids')),
    createSealedBox(deriveKey(dataKey, 'artifact-payloads')),
  );
  const stores = createStoreFactory({ dataKey, artifactCodec: codec, clock })(knex);
  const [keys, published, dead, pending, logouts] = await Promise.all([
    stores.signingKeys.list(),
    readPublishedKeys(config.issuer, visit),
    stores.mailQueue.list({ state: 'dead', limit: LOOKED_AT }),
    stores.mailQueue.list({ state: 'pending', limit: LOOKED_AT }),
    stores.logoutQueue.list({ state: 'dead', limit: LOOKED_AT }),
  ]);
  const now = clock.now();
  return [
    ...database,
    ...migrations,
    ...secretKey,
    ...checkSigningKeys(keys, { plan: signingKeyPlan(config), published, now }),
    ...checkMailOutbox({ dead, pending }, now),
    ...checkLogoutQueue(logouts?.deliveries ?? []),
  ];
}

async function schemaState(knex: OpenedDatabase['knex']) {
  try {
    return { pending: await pendingMigrations(knex), unknown: [] };
  } catch (error) {
    if (error instanceof SchemaNewerError) return { pending: [], unknown: error.unknown };
    throw error;
  }
}

/** Connects as a start does. */
async function checkRedisOf(config: Config): Promise<readonly Finding[]> {
  if (config.redisUrl === undefined) return [];
  try {
    const redis = await openConfiguredRedis(config, silentLogger);
    const nodes = (await redis?.examine()) ?? [];
    await redis?.close();
    return checkRedis(nodes);
  } catch (error) {
    if (error instanceof StartupError) return unusableRedis(error.lines.join(' '));
    throw error;
  }
}

async function lookAtProviders({ config, clock }: Patient): Promise<readonly Finding[]> {
  const protocol = createOpenidUpstream({
    connections: createProviderConnections({ allowLoopback: config.mode !== 'production', clock }),
    clock,
  });
  const asked = config.identityProviders.filter(({ type }) => type === 'oidc');
  return checkIdentityProviders(
    asked.map((provider) => ({
      id: provider.id,
      issuer: provider.issuer,
      // The first step of a sign-in reads the metadata, and sends nothing.
      reach: () =>
        protocol.begin(provider, { redirectUri: `${config.issuer}/`, state: 'doctor', fresh: false }),
      signOutUri: provider.logout ? () => protocol.signOutUri(provider, {}) : undefined,
    })),
  );
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
