import type { Account } from '../accounts/account.js';
import type { Clock } from '../clock.js';
import type { Stores } from '../unit-of-work.js';
import { ACCOUNT_LINK_KINDS, boundEmail, hashAccountLinkToken } from './account-link.js';

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
  { clock, randomToken, issuer }: MailAccountLinkDeps,
  { accountLinks, mailOutbox }: Pick<Stores, 'accountLinks' | 'mailOutbox'>,
  account: Account,
  { purpose, newEmail, locale: pageLocale }: OwnAccountLink,
): Promise<void> {
  const { path, lifetime } = ACCOUNT_LINK_KINDS[purpose];
  const token = randomToken();
  await accountLinks.replace({
    accountId: account.id,
    purpose,
    tokenHash: hashAccountLinkToken(purpose, token),
    email: boundEmail(account),
    expiresAt: new Date(clock.now().getTime() + lifetime * 1000),
    newEmail,
  });
  const link = `${issuer.replace(/\/$/, '')}${path}/${token}`;
  const to = newEmail ?? account.email;
  const locale = account.profile.locale ?? pageLocale;
  const common = { to, locale, accountId: account.id };
  if (purpose === 'password_reset') {
    await mailOutbox.add({ ...common, kind: 'password-reset', values: { link, minutes: lifetime / 60 } });
  } else {
    const kind = purpose === 'email_change' ? 'email-change' : 'email-verification';
    await mailOutbox.add({ ...common, kind, values: { link, hours: lifetime / 3600 } });
  }
}
