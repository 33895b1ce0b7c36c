import { emailFaults, tidyEmail } from '../accounts/email-address.js';
import { lockAccount } from '../accounts/lock-account.js';
import { normalizeLogin } from '../accounts/normalize-login.js';
import { refuseIfFaulty } from '../errors.js';
import { boundEmail } from './account-link.js';
import { mailAccountLink } from './mail-account-link.js';
import { countOwnMail, type RequestEmailVerificationDeps } from './request-email-verification.js';

export type RequestEmailChangeDeps = RequestEmailVerificationDeps;

/**
 * Mails a link to the address that the account is to have. Nothing changes until the
 * link is followed; whether the address belongs to another account is told then, to the owner of the mailbox alone.
 * @throws {DomainError} `invalid_input` naming `email`, `not_found`
 * @throws {TooManyAttemptsError} when too many mails were asked for
 */
export async function requestEmailChange(
  deps: RequestEmailChangeDeps,
  input: {
    readonly accountId: string;
    readonly email: string;
    readonly locale?: string | undefined;
    readonly address?: string | undefined;
  },
): Promise<void> {
  const newEmail = tidyEmail(input.email);
  refuseIfFaulty(emailFaults(newEmail));
  await countOwnMail(deps, input.accountId, input.address);
  await deps.unitOfWork.run(async ({ accounts, accountLinks, mailOutbox, audit }) => {
    const account = await lockAccount(accounts, input.accountId);
    if (boundEmail(account) === normalizeLogin(newEmail) && account.email === newEmail) {
      refuseIfFaulty([
        { field: 'email', code: 'email_same', detail: 'The account has this email address already.' },
      ]);
    }
    await mailAccountLink(deps, { accountLinks, mailOutbox }, account, {
      purpose: 'email_change',
      newEmail,
      locale: input.locale,
    });
    audit.record({ type: 'email.change_requested', subject: { kind: 'user', id: account.id } });
  });
}
