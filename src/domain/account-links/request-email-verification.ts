import { lockAccount } from '../accounts/lock-account.js';
import { TooManyAttemptsError } from '../accounts/login-throttle.js';
import { networkOf } from '../accounts/network-of.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { mailAccountLink, type MailAccountLinkDeps } from './mail-account-link.js';
import type { CountResetRequestDeps } from './request-password-reset.js';

export interface RequestEmailVerificationDeps extends MailAccountLinkDeps, CountResetRequestDeps {
  readonly unitOfWork: UnitOfWork<'accounts' | 'accountLinks' | 'mailOutbox' | 'audit'>;
}

/**
 * Mails a link that verifies the account's address to that address, unless it is verified.
 * @throws {DomainError} `not_found`
 * @throws {TooManyAttemptsError} when too many mails were asked for
 */
export async function requestEmailVerification(
  deps: RequestEmailVerificationDeps,
  input: {
    readonly accountId: string;
    readonly locale?: string | undefined;
    readonly address?: string | undefined;
  },
): Promise<void> {
  await countOwnMail(deps, input.accountId, input.address);
  await deps.unitOfWork.run(async ({ accounts, accountLinks, mailOutbox, audit }) => {
    const account = await lockAccount(accounts, input.accountId);
    if (account.emailVerified) return;
    await mailAccountLink(deps, { accountLinks, mailOutbox }, account, {
      purpose: 'email_verification',
      locale: input.locale,
    });
    audit.record({ type: 'email.verification_requested', subject: { kind: 'user', id: account.id } });
  });
}

/** Counts a mail that somebody who is signed in causes. @throws {TooManyAttemptsError} */
export async function countOwnMail(
  { loginThrottle, clock }: CountResetRequestDeps,
  accountId: string,
  address = '',
): Promise<void> {
  const attempt = { subject: `own mail:${accountId}`, network: networkOf(address), at: clock.now() };
  const wait = await loginThrottle.count(attempt);
  if (wait !== undefined) throw new TooManyAttemptsError(wait);
}
