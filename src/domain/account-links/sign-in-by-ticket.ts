import type { Account } from '../accounts/account.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { findAccountLink, redeemAccountLink, type FindAccountLinkDeps } from './find-account-link.js';

export interface SignInByTicketDeps extends FindAccountLinkDeps {
  readonly unitOfWork: UnitOfWork<'accounts' | 'accountLinks' | 'roles' | 'audit'>;
}

/**
 * Uses up the ticket that a browser got for a link to sign in.
 * @param clientId the client that they sign in for
 * @returns who signs in
 * @throws {DomainError} `account_link_invalid`, also to all but one of those who use the ticket at the same time
 */
export async function signInByTicket(
  deps: SignInByTicketDeps,
  { ticket, clientId }: { readonly ticket: string; readonly clientId: string },
): Promise<Account> {
  const { link } = await findAccountLink(deps, 'sign_in_ticket', ticket);
  return deps.unitOfWork.run(async (stores) => {
    const account = await redeemAccountLink(stores, link, deps.clock.now());
    const user = { kind: 'user', id: account.id } as const;
    stores.audit.record({
      type: 'sign_in.succeeded',
      actor: user,
      subject: user,
      clientId,
      details: { method: 'sign_in_link' },
    });
    return account;
  });
}
