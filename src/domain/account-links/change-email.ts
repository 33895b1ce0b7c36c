import type { Account } from '../accounts/account.js';
import { DomainError } from '../errors.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { sendNotice } from '../mail/send-notice.js';
import { accountLinkInvalid } from './account-link.js';
import { findAccountLink, redeemAccountLink, type FindAccountLinkDeps } from './find-account-link.js';

export interface ChangeEmailDeps extends FindAccountLinkDeps {
  readonly unitOfWork: UnitOfWork<'accounts' | 'accountLinks' | 'roles' | 'mailOutbox' | 'audit'>;
  readonly issuer: string;
}

/**
 * The account of a link that changes its email, and the address that it will have.
 * @throws {DomainError} `account_link_invalid`
 */
export async function findEmailChange(
  deps: FindAccountLinkDeps,
  token: string,
): Promise<{ readonly account: Account; readonly newEmail: string }> {
  const { account, link } = await findAccountLink(deps, 'email_change', token);
  if (link.newEmail === undefined) throw accountLinkInvalid();
  return { account, newEmail: link.newEmail };
}

/**
 * Gives the account the address that the link was sent to, verified, and tells the address before it.
 * @param accountId who is signed in where the link was opened. A stranger who asked for somebody's address must not have it,
 *   verified, by that person's opening the link; nor whoever asked in a session that has been ended.
 * @throws {DomainError} `account_link_invalid`, also for a link of another account, and for an address that belongs to
 *   another account by now
 */
export async function changeEmail(deps: ChangeEmailDeps, token: string, accountId: string): Promise<Account> {
  const { link } = await findAccountLink(deps, 'email_change', token);
  if (link.accountId !== accountId) throw accountLinkInvalid();
  try {
    return await deps.unitOfWork.run(async (stores) => {
      const now = deps.clock.now();
      const before = await redeemAccountLink(stores, link, now);
      const after = {
        ...before,
        email: link.newEmail ?? before.email,
        emailVerified: true,
        version: before.version + 1,
        updatedAt: now,
      };
      await stores.accounts.update(after);
      // To the address before.
      await sendNotice({ ...deps, ...stores }, before, { notice: 'email_changed', at: now });
      stores.audit.record({
        type: 'email.changed',
        subject: { kind: 'user', id: before.id },
        actor: { kind: 'user', id: before.id },
      });
      return after;
    });
  } catch (error) {
    if (error instanceof DomainError && error.code === 'already_exists') throw accountLinkInvalid();
    throw error;
  }
}
