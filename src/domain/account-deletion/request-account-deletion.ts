import type { Account } from '../accounts/account.js';
import { lockAccountToDemote } from '../accounts/lock-account.js';
import type { Clock } from '../clock.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { sendNotice } from '../mail/send-notice.js';
import { removeAccount } from './remove-account.js';

export interface RequestAccountDeletionDeps {
  readonly unitOfWork: UnitOfWork<'accounts' | 'artifactRevocation' | 'mailOutbox' | 'audit'>;
  readonly clock: Clock;
  readonly issuer: string;
  /** Days until the account is deleted; 0: at once. */
  readonly deletionGraceDays: number;
}

const DAY_MS = 86_400_000;

/**
 * Marks an account for its deletion at its owner's wish, and ends all that was issued to it. Asked again, the first date
 * stays.
 * @returns when the account is deleted; undefined: it is gone
 * @throws {DomainError} `not_found`, `last_administrator`
 */
export async function requestAccountDeletion(
  deps: RequestAccountDeletionDeps,
  id: string,
): Promise<Date | undefined> {
  return deps.unitOfWork.run(async (stores) => {
    const before = await lockAccountToDemote(stores.accounts, id);
    if (before.deletionDueAt !== undefined) return before.deletionDueAt;
    const now = deps.clock.now();
    const actor = { kind: 'user', id: before.id } as const;
    if (deps.deletionGraceDays === 0) {
      await removeAccount(stores, deps, before, { at: now, actor });
      return undefined;
    }
    const deletionDueAt = new Date(now.getTime() + deps.deletionGraceDays * DAY_MS);
    const after: Account = { ...before, deletionDueAt, version: before.version + 1, updatedAt: now };
    await stores.accounts.update(after);
    const ended = await stores.artifactRevocation.revokeAccount(before.id);
    stores.audit.record({
      type: 'user.deletion_requested',
      subject: { kind: 'user', id: before.id },
      actor,
      details: { ended, due_at: deletionDueAt.toISOString() },
    });
    await sendNotice({ ...deps, ...stores }, before, { notice: 'deletion_requested', at: now });
    return deletionDueAt;
  });
}
