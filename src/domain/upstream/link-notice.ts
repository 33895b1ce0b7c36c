import type { Account } from '../accounts/account.js';
import { ACCOUNT_PATH } from '../clients/account-client.js';
import type { Mail } from '../mail/mail.js';

/** Tells the owner of an account that a way to sign in was added or taken away. */
export function linkNotice(
  { id, email, profile }: Account,
  about: {
    readonly notice: 'upstream_linked' | 'upstream_unlinked';
    readonly at: Date;
    readonly providerName: string;
    readonly issuer: string;
  },
): Mail<'notice'> {
  return {
    kind: 'notice',
    to: email,
    locale: profile.locale,
    values: {
      notice: about.notice,
      at: about.at.toISOString(),
      subject: about.providerName,
      link: `${about.issuer.replace(/\/$/, '')}${ACCOUNT_PATH}`,
    },
    accountId: id,
  };
}
