import { hasSecondFactor } from '../sign-in/next-sign-in-step.js';
import type { Stores } from '../unit-of-work.js';
import { readSecondFactors } from './read-second-factors.js';

/**
 * Ends what must not outlive a second factor that was taken away: all that was issued to the account, and the recovery
 * codes with the last factor. It belongs to the unit of work that takes the factor away.
 * @param keptSessionId the session in which its owner does it; absent: none stays
 * @returns how much ended, as the audit log tells it
 * @see OWASP ASVS 5.0 V7.4.2
 */
export async function endAfterFactorRemoval(
  stores: Pick<Stores, 'passkeys' | 'totp' | 'recoveryCodes' | 'artifactRevocation'>,
  accountId: string,
  keptSessionId: string | undefined,
): Promise<{ readonly ended: number; readonly recovery_codes: number }> {
  const isLast = !hasSecondFactor(await readSecondFactors(stores, accountId));
  const codes = isLast ? await stores.recoveryCodes.remove(accountId) : 0;
  return {
    ended: await stores.artifactRevocation.revokeAccount(accountId, keptSessionId),
    recovery_codes: codes,
  };
}
