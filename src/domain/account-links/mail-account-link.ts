import type { Account } from '../accounts/account.js';
import type { Clock } from '../clock.js';
import type { Stores } from '../unit-of-work.js';
import { addAccountLinkMail } from './account-link-mail.js';
import { boundEmail, hashAccountLinkToken } from './account-link.js';
import { makeAccountLink } from './issue-account-link.js';

export interface MailAccountLinkDeps {
  readonly clock: Clock;
  /** At least 128 random bits, URL-safe. */
  readonly randomToken: () => string;
  /** The issuer identifier; links are made from it and never from a request. */
  readonly issuer: string;
}

/** What a person asks for themselves, and where the link goes. */
export interface OwnAccountLink {
  readonly purpose: 'password_reset' | 'email_verification' | 'email_change';
  /** Where the account's own address is not the one. */
  readonly newEmail?: string | undefined;
  /** BCP 47 tag of the language of the page, for accounts that name none. */
  readonly locale?: string | undefined;
}

/**
 * Makes a link and mails it, within a unit of work that has locked the account. An earlier one of the same purpose ends.
 */
export async function mailAccountLink(
  deps: MailAccountLinkDeps,
  { accountLinks, mailOutbox }: Pick<Stores, 'accountLinks' | 'mailOutbox'>,
  account: Account,
  { purpose, newEmail, locale }: OwnAccountLink,
): Promise<void> {
  const { token, url, expiresAt } = makeAccountLink(deps, purpose);
  await accountLinks.replace({
    accountId: account.id,
    purpose,
    tokenHash: hashAccountLinkToken(purpose, token),
    email: boundEmail(account),
    expiresAt,
    newEmail,
  });
  await addAccountLinkMail(mailOutbox, account, { purpose, url, to: newEmail, locale });
}
