import type { AccountStore } from '../accounts/account-store.js';
import type { Clock } from '../clock.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { removeAccount } from './remove-account.js';

export interface DeleteDueAccountsDeps {
  readonly accounts: Pick<AccountStore, 'listDeletionDue'>;
  readonly unitOfWork: UnitOfWork<'accounts' | 'artifactRevocation' | 'mailOutbox' | 'audit'>;
  readonly clock: Clock;
  readonly issuer: string;
}

/** Accounts that are looked for at a time. */
const BATCH = 100;

/**
 * Deletes the accounts whose time has come, each in a unit of work of its own. Any number of processes may do so at once,
 * and an account that is kept at the last moment stays.
 * @returns how many were deleted
 */
export async function deleteDueAccounts(deps: DeleteDueAccountsDeps): Promise<number> {
  let deleted = 0;
  for (const id of await deps.accounts.listDeletionDue(deps.clock.now(), BATCH)) {
    const isGone = await deps.unitOfWork.run(async (stores) => {
      const account = await stores.accounts.findForUpdate(id);
      const at = deps.clock.now();
      if (account?.deletionDueAt === undefined || account.deletionDueAt > at) return false;
      await removeAccount(stores, deps, account, { at, actor: { kind: 'system' } });
      return true;
    });
    if (isGone) deleted += 1;
  }
  return deleted;
}
