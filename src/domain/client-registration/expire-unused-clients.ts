import type { Clock } from '../clock.js';
import { removeClient } from '../clients/delete-client.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { RegistrationSettings, RegistrationStores } from './registration-deps.js';

/** Clients removed in one go, in one transaction. */
const BATCH = 100;
/** Milliseconds for which an initial access token that expired is still listed. */
const KEPT = 30 * 24 * 60 * 60 * 1000;

export interface ExpireUnusedClientsDeps {
  readonly unitOfWork: UnitOfWork<RegistrationStores>;
  readonly clock: Clock;
  readonly settings: Pick<RegistrationSettings, 'unusedDays'>;
}

/**
 * Deletes the clients that registered themselves and were never used, so that registrations do not fill the database,
 * and forgets initial access tokens that expired long ago.
 * @returns how many clients went
 */
export async function expireUnusedClients(deps: ExpireUnusedClientsDeps): Promise<number> {
  const now = deps.clock.now().getTime();
  return deps.unitOfWork.run(async (stores) => {
    await stores.initialAccessTokens.purge(new Date(now - KEPT));
    const before = new Date(now - deps.settings.unusedDays * 24 * 60 * 60 * 1000);
    const unused = await stores.clientRegistrations.claimUnused(before, BATCH);
    for (const clientId of unused) await removeClient(stores, clientId, { reason: 'unused' });
    return unused.length;
  });
}
