import { deleteDueAccounts } from '../domain/account-deletion/delete-due-accounts.js';
import { purgeArtifacts, type ArtifactPurge } from '../domain/artifacts/purge-artifacts.js';
import { maintainSigningKeys } from '../domain/signing-keys/maintain-signing-keys.js';
import { errorFields, type Logger } from '../observability/logger.js';
import type { Metrics } from '../observability/metrics.js';
import type { Outages } from './follow-outages.js';
import type { Application } from './application.js';
import { purgeSignUps } from './open-self-service.js';

const EVERY_MS = 60_000;

/** Something that forgets what has served its time. */
interface Purgeable {
  purge(): Promise<number>;
}

export interface HousekeepingParts {
  readonly artifacts: ArtifactPurge;
  readonly logouts: Purgeable;
  readonly api: Purgeable;
  readonly mail: Purgeable;
  readonly registering: Purgeable;
  /** Absent: nobody asks people on other devices. */
  readonly ciba: Purgeable | undefined;
  readonly fetchLogos: () => Promise<void>;
  readonly logger: Logger;
  readonly outages: Pick<Outages, 'noticed'>;
  readonly metrics: Pick<Metrics, 'purged' | 'housekeepingFailed'>;
}

/**
 * Does every minute what nobody asks for, each task for itself: one that fails keeps no other from its work.
 * @returns what stops it
 */
export function startHousekeeping(application: Application, parts: HousekeepingParts): () => void {
  const { logger, metrics, outages } = parts;
  const run = async (task: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      const removed = await work();
      metrics.purged(task, typeof removed === 'number' ? removed : 0);
    } catch (error) {
      metrics.housekeepingFailed(task);
      if (!outages.noticed(error)) logger.warn('housekeeping failed', { task, ...errorFields(error) });
    }
  };
  const tasks = Object.entries(tasksOf(application, parts));
  const timer = setInterval(() => {
    for (const [task, work] of tasks) void run(task, work);
  }, EVERY_MS).unref();
  return () => {
    clearInterval(timer);
  };
}

/** By their names in the metrics; one that removes rows answers how many. */
function tasksOf(
  application: Application,
  { artifacts, logouts, api, mail, registering, ciba, fetchLogos }: HousekeepingParts,
): Readonly<Record<string, () => Promise<unknown>>> {
  const { stores, clock, loginThrottle } = application;
  return {
    artifacts: () => purgeArtifacts(artifacts),
    signing_keys: () => maintainSigningKeys(application),
    logouts: () => logouts.purge(),
    idempotency_keys: () => api.purge(),
    mails: () => mail.purge(),
    unused_clients: () => registering.purge(),
    login_attempts: () => loginThrottle.purge(clock.now()),
    account_links: () => stores.accountLinks.purge(clock.now()),
    sign_ups: () => purgeSignUps(application),
    upstream_requests: () => stores.upstreamRequests.purge(clock.now()),
    upstream_sids: () => stores.upstreamSids.purge(clock.now()),
    passkey_challenges: () => stores.passkeyChallenges.purge(clock.now()),
    remembered_devices: () => stores.rememberedDevices.purge(clock.now()),
    due_accounts: () => deleteDueAccounts({ ...application, accounts: stores.accounts }),
    ...(ciba ? { backchannel_requests: () => ciba.purge() } : {}),
    client_logos: () => fetchLogos(),
  };
}
