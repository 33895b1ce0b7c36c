import type { AccountStore } from '../accounts/account-store.js';
import { TooManyAttemptsError, type LoginThrottle } from '../accounts/login-throttle.js';
import { networkOf } from '../accounts/network-of.js';
import { normalizeTypedLogin } from '../accounts/normalize-login.js';
import type { Clock } from '../clock.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { mailAccountLink, type MailAccountLinkDeps } from './mail-account-link.js';

export interface CountResetRequestDeps {
  readonly loginThrottle: Pick<LoginThrottle, 'count'>;
  readonly clock: Clock;
}

export interface RequestPasswordResetDeps extends MailAccountLinkDeps {
  readonly accounts: Pick<AccountStore, 'findByLogin'>;
  readonly unitOfWork: UnitOfWork<'accounts' | 'accountLinks' | 'mailOutbox' | 'audit'>;
}

/**
 * Counts a request for a link, for any name alike.
 * @param login email or username as it was typed
 * @param address IP address of whoever asks, as far as it is known
 * @throws {TooManyAttemptsError}
 */
export async function countResetRequest(
  { loginThrottle, clock }: CountResetRequestDeps,
  login: string,
  address = '',
): Promise<void> {
  const wait = await loginThrottle.count({
    subject: `reset:${normalizeTypedLogin(login) ?? ''}`,
    network: networkOf(address),
    at: clock.now(),
  });
  if (wait !== undefined) throw new TooManyAttemptsError(wait);
}

/**
 * Mails a link to choose a new password to the account that has the name, where there is one that may be used; an account
 * without a password gets its first one by it. The mail goes to the account's own address. Whoever asks is not told what
 * became of it, and must not see how long it took: callers have answered before.
 * @param login email or username as it was typed
 * @param locale BCP 47 tag of the language of the page
 */
export async function requestPasswordReset(
  deps: RequestPasswordResetDeps,
  login: string,
  locale: string | undefined,
): Promise<void> {
  const found = await deps.accounts.findByLogin(normalizeTypedLogin(login) ?? '');
  await deps.unitOfWork.run(async ({ accounts, accountLinks, mailOutbox, audit }) => {
    const account = found && (await accounts.findForUpdate(found.account.id));
    const isMailed = account !== undefined && !account.disabled;
    if (isMailed) {
      await mailAccountLink(deps, { accountLinks, mailOutbox }, account, {
        purpose: 'password_reset',
        locale,
      });
    }
    audit.record({
      type: 'password.reset_requested',
      ...(account ? { subject: { kind: 'user', id: account.id } } : {}),
      details: { by: 'owner', mailed: isMailed },
    });
  });
}
