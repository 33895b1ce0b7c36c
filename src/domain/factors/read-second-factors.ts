import type { SecondFactors } from '../sign-in/next-sign-in-step.js';
import type { RecoveryCodeStore } from './recovery-code-store.js';
import type { TotpStore } from './totp-store.js';

export interface SecondFactorsDeps {
  readonly totp: Pick<TotpStore, 'find'>;
  readonly recoveryCodes: Pick<RecoveryCodeStore, 'countLeft'>;
  readonly passkeys: { countFor(accountId: string): Promise<number> };
}

/** Finds out which second factors an account has. */
export async function readSecondFactors(deps: SecondFactorsDeps, accountId: string): Promise<SecondFactors> {
  const [totp, recoveryCodes, passkeys] = await Promise.all([
    deps.totp.find(accountId),
    deps.recoveryCodes.countLeft(accountId),
    deps.passkeys.countFor(accountId),
  ]);
  return { totp: totp !== undefined, recoveryCodes, passkeys };
}
