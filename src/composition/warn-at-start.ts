import { profileContradictions } from '../domain/clients/client-profile-rules.js';
import type { Logger } from '../observability/logger.js';
import type { Application } from './application.js';

/** Clients at a time. */
const PAGE_SIZE = 100;

/**
 * Tells the log what somebody should know at each start: that a preset for tests is on, and which clients are refused
 * because they contradict the profile of the deployment, as they were registered before it was set.
 */
export async function warnAtStart(
  { config: { preset }, profile, profileFeatures, clientDirectory }: Application,
  logger: Logger,
): Promise<void> {
  if (preset) logger.warn(`preset ${preset}: guards of real users are open, for tests only`);
  if (profile === undefined) return;
  for (let after: string | undefined = ''; after !== undefined;) {
    const page = await clientDirectory.list({ limit: PAGE_SIZE, after });
    for (const client of page.clients) {
      const faults = profileContradictions(client, profileFeatures);
      if (faults.length === 0) continue;
      logger.warn('client is refused, because it contradicts the profile', {
        clientId: client.clientId,
        errorDetail: faults.map(({ detail }) => detail).join('; '),
      });
    }
    after = page.next;
  }
}
