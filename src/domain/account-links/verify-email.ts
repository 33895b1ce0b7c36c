import type { Account } from '../accounts/account.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { findAccountLink, redeemAccountLink, type FindAccountLinkDeps } from './find-account-link.js';

export interface VerifyEmailDeps extends FindAccountLinkDeps {
  readonly unitOfWork: UnitOfWork<'accounts' | 'accountLinks' | 'roles' | 'audit'>;
}

/**
 * Marks the email of an account as verified, by a link that went to that address.
 * @throws {DomainError} `account_link_invalid`, also when the account has another email since the link was made
 */
export async function verifyEmail(deps: VerifyEmailDeps, token: string): Promise<Account> {
  const { link } = await findAccountLink(deps, 'email_verification', token);
  return deps.unitOfWork.run(async (stores) => {
    const now = deps.clock.now();
    const before = await redeemAccountLink(stores, link, now);
    const after = { ...before, emailVerified: true, version: before.version + 1, updatedAt: now };
    await stores.accounts.update(after);
    stores.audit.record({
      type: 'email.verified',
      subject: { kind: 'user', id: before.id },
      // Whoever holds the link, whom nobody knows until now.
      actor: { kind: 'user', id: before.id },
    });
    return after;
  });
}
