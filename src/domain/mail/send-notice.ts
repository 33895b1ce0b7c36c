import type { Account } from '../accounts/account.js';
import { ACCOUNT_PATH } from '../clients/account-client.js';
import type { AccountNotice, MailOutbox } from './mail.js';

/**
 * Tells the owner of an account what was changed, within the unit of work that changes it.
 * @param notice.subject what it was about, for instance the name of a passkey
 * @param notice.to another address than the account's, for instance the one before
 * @see OWASP ASVS 5.0 V6.3.7
 */
export async function sendNotice(
  { mailOutbox, issuer }: { readonly mailOutbox: MailOutbox; readonly issuer: string },
  account: Account,
  {
    notice,
    at,
    subject,
    to = account.email,
  }: {
    readonly notice: AccountNotice;
    readonly at: Date;
    readonly subject?: string | undefined;
    readonly to?: string;
  },
): Promise<void> {
  await mailOutbox.add({
    kind: 'notice',
    to,
    locale: account.profile.locale,
    // A mail about an account that is gone is nobody's.
    accountId: notice === 'account_deleted' ? undefined : account.id,
    values: { notice, at: at.toISOString(), subject, link: `${issuer.replace(/\/$/, '')}${ACCOUNT_PATH}` },
  });
}
