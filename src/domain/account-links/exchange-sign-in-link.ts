import type { Account } from '../accounts/account.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { boundEmail, hashAccountLinkToken, SIGN_IN_TICKET_SECONDS } from './account-link.js';
import { findAccountLink, redeemAccountLink, type FindAccountLinkDeps } from './find-account-link.js';

export interface ExchangeSignInLinkDeps extends FindAccountLinkDeps {
  readonly unitOfWork: UnitOfWork<'accounts' | 'accountLinks' | 'roles'>;
  /** At least 128 random bits, URL-safe. */
  readonly randomToken: () => string;
}

/** What a browser gets for a link to sign in. */
export interface SignInTicket {
  /** A secret of that browser alone. */
  readonly ticket: string;
  readonly account: Account;
  /** The client that the link was made for, if any. */
  readonly clientId: string | undefined;
}

/**
 * Uses a link to sign in up, for a ticket that works once in the browser that holds it. An earlier ticket of the account
 * ends.
 * @throws {DomainError} `account_link_invalid`
 */
export async function exchangeSignInLink(deps: ExchangeSignInLinkDeps, token: string): Promise<SignInTicket> {
  const { link } = await findAccountLink(deps, 'sign_in', token);
  const ticket = deps.randomToken();
  return deps.unitOfWork.run(async (stores) => {
    const now = deps.clock.now();
    const account = await redeemAccountLink(stores, link, now);
    await stores.accountLinks.replace({
      accountId: account.id,
      purpose: 'sign_in_ticket',
      tokenHash: hashAccountLinkToken('sign_in_ticket', ticket),
      email: boundEmail(account),
      expiresAt: new Date(now.getTime() + SIGN_IN_TICKET_SECONDS * 1000),
      grantorPermissions: link.grantorPermissions,
    });
    return { ticket, account, clientId: link.clientId };
  });
}
