import type { Account } from '../accounts/account.js';
import { ACCOUNT_PATH } from '../clients/account-client.js';
import type { AccountNotice, Mail } from '../mail/mail.js';

/** The mail that tells the owner of an account what became of it. */
export function deletionNotice(
  { issuer }: { readonly issuer: string },
  { id, email, profile }: Account,
  notice: Extract<AccountNotice, 'deletion_requested' | 'deletion_cancelled' | 'account_deleted'>,
  at: Date,
): Mail<'notice'> {
  return {
    kind: 'notice',
    to: email,
    locale: profile.locale,
    values: { notice, at: at.toISOString(), link: `${issuer}${ACCOUNT_PATH}` },
    // A mail about an account that is gone is nobody's.
    ...(notice === 'account_deleted' ? {} : { accountId: id }),
  };
}
