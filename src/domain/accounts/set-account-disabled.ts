import type { Clock } from '../clock.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { Account } from './account.js';
import { lockAccount, lockAccountToDemote } from './lock-account.js';

export interface SetAccountDisabledDeps {
  readonly unitOfWork: UnitOfWork<'accounts' | 'artifactRevocation' | 'audit'>;
  readonly clock: Clock;
}

/**
 * Disables an account, which ends all that was issued to it in the same unit of work, or enables it again.
 * An account that is so already stays as it is, save that disabling ends what may have been issued meanwhile.
 * @param id the account's id
 * @throws {DomainError} `not_found`, `last_administrator`
 */
export async function setAccountDisabled(
  deps: SetAccountDisabledDeps,
  id: string,
  disabled: boolean,
): Promise<Account> {
  return deps.unitOfWork.run(async ({ accounts, artifactRevocation, audit }) => {
    const before = await (disabled ? lockAccountToDemote(accounts, id) : lockAccount(accounts, id));
    const ended = disabled ? await artifactRevocation.revokeAccount(before.id) : 0;
    if (before.disabled !== disabled || ended > 0) {
      audit.record({
        type: disabled ? 'user.disabled' : 'user.enabled',
        subject: { kind: 'user', id: before.id },
        details: { ended },
      });
    }
    if (before.disabled === disabled) return before;
    const after = { ...before, disabled, version: before.version + 1, updatedAt: deps.clock.now() };
    await accounts.update(after);
    return after;
  });
}
