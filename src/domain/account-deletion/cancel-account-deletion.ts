import type { Account } from '../accounts/account.js';
import { lockAccount } from '../accounts/lock-account.js';
import { refuseTakeover } from '../accounts/refuse-takeover.js';
import type { Clock } from '../clock.js';
import type { Grantor } from '../roles/grantor.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { sendNotice } from '../mail/send-notice.js';

export interface CancelAccountDeletionDeps {
  readonly unitOfWork: UnitOfWork<'accounts' | 'roles' | 'mailOutbox' | 'audit'>;
  readonly clock: Clock;
  readonly issuer: string;
}

/**
 * Keeps an account that waits for its deletion. One that does not stays as it is.
 * @param grantor who does it on behalf of the owner; absent: the owner, or the operator
 * @param expect sees the account as it is, kept from changing; when it throws, nothing is changed
 * @throws {DomainError} `not_found`, also when it was deleted meanwhile; `insufficient_rights` for an account that may do
 *   more than the grantor
 */
export async function cancelAccountDeletion(
  deps: CancelAccountDeletionDeps,
  id: string,
  grantor?: Grantor,
  expect?: (before: Account) => void,
): Promise<Account> {
  return deps.unitOfWork.run(async ({ accounts, roles, mailOutbox, audit }) => {
    const before = await lockAccount(accounts, id);
    expect?.(before);
    await refuseTakeover(roles, grantor, before);
    if (before.deletionDueAt === undefined) return before;
    const now = deps.clock.now();
    const { deletionDueAt: _cancelled, ...kept } = before;
    const after: Account = { ...kept, version: before.version + 1, updatedAt: now };
    await accounts.update(after);
    audit.record({ type: 'user.deletion_cancelled', subject: { kind: 'user', id: before.id } });
    await sendNotice({ ...deps, mailOutbox }, before, { notice: 'deletion_cancelled', at: now });
    return after;
  });
}
