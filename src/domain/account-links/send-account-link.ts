import type { ClientDirectory } from '../clients/client-directory.js';
import { refuseIfFaulty } from '../errors.js';
import type { Grantor } from '../roles/grantor.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { addAccountLinkMail } from './account-link-mail.js';
import type { AccountLinkPurpose } from './account-link.js';
import {
  makeAccountLink,
  writeAccountLink,
  type AccountLinkStores,
  type IssueAccountLinkDeps,
} from './issue-account-link.js';
import { findClientOfLink } from './issue-sign-in-link.js';

export interface SendAccountLinkDeps extends Omit<IssueAccountLinkDeps, 'unitOfWork'> {
  readonly unitOfWork: UnitOfWork<AccountLinkStores | 'mailOutbox'>;
  readonly clientDirectory: Pick<ClientDirectory, 'find'>;
  /** Whether mails go anywhere. */
  readonly mail: { readonly available: boolean };
}

/** A link that only its owner sees. */
export interface SentAccountLink {
  readonly expiresAt: Date;
}

/** What is sent to an account's own address. */
type SentPurpose = Exclude<AccountLinkPurpose, 'email_change'>;

/**
 * Makes a link for the owner of an account and mails it to the account's address; whoever asks does not see it. An earlier
 * link of the same purpose ends.
 * @param id the account's id
 * @param options.clientId the client that the owner is to sign in to by it
 * @param options.grantor who asks for it on behalf of the owner; absent: the operator
 * @throws {DomainError} `invalid_input` naming `send` where no mail can be sent, or `client_id`; `not_found`,
 *   `account_disabled`, `insufficient_rights` as `issueAccountLink`
 * @see OWASP ASVS 5.0 V6.4.6
 */
export async function sendAccountLink(
  deps: SendAccountLinkDeps,
  purpose: SentPurpose,
  id: string,
  {
    clientId,
    grantor,
  }: { readonly clientId?: string | undefined; readonly grantor?: Grantor | undefined } = {},
): Promise<SentAccountLink> {
  if (!deps.mail.available) {
    refuseIfFaulty([
      {
        field: 'send',
        code: 'mail_not_configured',
        detail:
          'No mail server is configured, so nothing can be sent. Set SMTP_URL, or ask for the link itself.',
      },
    ]);
  }
  const client = clientId === undefined ? undefined : await findClientOfLink(deps, clientId);
  const link = makeAccountLink(deps, purpose);
  await deps.unitOfWork.run(async (stores) => {
    const account = await writeAccountLink(stores, link, { id, grantor, clientId });
    await addAccountLinkMail(stores.mailOutbox, account, {
      purpose,
      url: link.url,
      clientName: client?.name,
    });
  });
  return { expiresAt: link.expiresAt };
}
