import type { Account } from '../accounts/account.js';
import type { MailOutbox } from '../mail/mail.js';
import { ACCOUNT_LINK_KINDS, type AccountLinkPurpose } from './account-link.js';

/** A link that is to be mailed, and what the mail says beside it. */
export interface MailedAccountLink {
  readonly purpose: AccountLinkPurpose;
  readonly url: string;
  /** Where it goes; absent: the account's own address. */
  readonly to?: string | undefined;
  /** BCP 47 tag of the language for accounts that name none. */
  readonly locale?: string | undefined;
  /** The app that the owner is to sign in to by it. */
  readonly clientName?: string | undefined;
}

/** Mails a link, within the unit of work that writes it. */
export async function addAccountLinkMail(
  mailOutbox: MailOutbox,
  account: Account,
  { purpose, url: link, to = account.email, locale, clientName }: MailedAccountLink,
): Promise<void> {
  const { lifetime } = ACCOUNT_LINK_KINDS[purpose];
  const mail = { to, locale: account.profile.locale ?? locale, accountId: account.id };
  const minutes = lifetime / 60;
  const hours = minutes / 60;
  switch (purpose) {
    case 'password_reset':
      return mailOutbox.add({ ...mail, kind: 'password-reset', values: { link, minutes } });
    case 'sign_in':
      return mailOutbox.add({ ...mail, kind: 'sign-in-link', values: { link, minutes, clientName } });
    case 'email_verification':
      return mailOutbox.add({ ...mail, kind: 'email-verification', values: { link, hours } });
    case 'email_change':
      return mailOutbox.add({ ...mail, kind: 'email-change', values: { link, hours } });
  }
}
