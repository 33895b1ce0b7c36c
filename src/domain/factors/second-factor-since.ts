import type { PasskeyStore } from '../passkeys/passkey-store.js';
import type { TotpStore } from './totp-store.js';

export interface SecondFactorSinceDeps {
  readonly totp: Pick<TotpStore, 'find'>;
  readonly passkeys: Pick<PasskeyStore, 'listForAccount'>;
}

/** @returns since when an account has had a second factor without a break; undefined where it has none */
export async function secondFactorSince(
  { totp, passkeys }: SecondFactorSinceDeps,
  accountId: string,
): Promise<Date | undefined> {
  const [authenticator, keys] = await Promise.all([totp.find(accountId), passkeys.listForAccount(accountId)]);
  const times = [authenticator?.confirmedAt, ...keys.map(({ createdAt }) => createdAt)];
  return times
    .filter((time) => time !== undefined)
    .reduce<Date | undefined>(
      (first, time) => (first === undefined || time < first ? time : first),
      undefined,
    );
}
