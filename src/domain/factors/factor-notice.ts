import type { Account } from '../accounts/account.js';
import type { AccountNotice, MailOutbox } from '../mail/mail.js';

/** Tells the owner of an account, within the unit of work that changes it, what became of its factors. */
export async function sendFactorNotice(
  { mailOutbox, issuer }: { readonly mailOutbox: MailOutbox; readonly issuer: string },
  account: Account,
  notice: { readonly notice: AccountNotice; readonly at: Date; readonly subject?: string | undefined },
): Promise<void> {
  await mailOutbox.add({
    kind: 'notice',
    to: account.email,
    locale: account.profile.locale,
    accountId: account.id,
    values: {
      ...notice,
      at: notice.at.toISOString(),
      link: `${issuer.replace(/\/$/, '')}/account`,
    },
  });
}
