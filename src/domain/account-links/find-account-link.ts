import type { Account } from '../accounts/account.js';
import type { AccountStore } from '../accounts/account-store.js';
import type { Clock } from '../clock.js';
import type { Stores } from '../unit-of-work.js';
import {
  accountLinkInvalid,
  boundEmail,
  hashAccountLinkToken,
  type AccountLink,
  type AccountTokenPurpose,
} from './account-link.js';
import type { AccountLinkStore } from './account-link-store.js';

export interface FindAccountLinkDeps {
  readonly accounts: Pick<AccountStore, 'findById'>;
  readonly accountLinks: Pick<AccountLinkStore, 'find'>;
  readonly clock: Clock;
}

/**
 * Finds the account that a link is for, and leaves the link live: looking at a link, as mail scanners do, never uses it up.
 * @throws {DomainError} `account_link_invalid`
 */
export async function findAccountLink(
  deps: FindAccountLinkDeps,
  purpose: AccountTokenPurpose,
  token: string,
): Promise<{ readonly link: AccountLink; readonly account: Account }> {
  const tokenHash = hashAccountLinkToken(purpose, token);
  const link = await deps.accountLinks.find(purpose, tokenHash, deps.clock.now());
  const account = link && (await deps.accounts.findById(link.accountId));
  if (!link || !account || !isUsable(link, account)) throw accountLinkInvalid();
  return { link, account };
}

/**
 * Uses a link up within a unit of work, and keeps its account from changing until that ends.
 * @returns the account as it is now
 * @throws {DomainError} `account_link_invalid`, also to all but one of those who use the link at the same time
 */
export async function redeemAccountLink(
  { accounts, accountLinks }: Pick<Stores, 'accounts' | 'accountLinks'>,
  link: AccountLink,
  at: Date,
): Promise<Account> {
  // The account comes first, as in every other change of it: two that wait for each other would never end.
  const account = await accounts.findForUpdate(link.accountId);
  if (!account || !isUsable(link, account) || !(await accountLinks.redeem(link, at))) {
    throw accountLinkInvalid();
  }
  return account;
}

function isUsable(link: AccountLink, account: Account): boolean {
  return !account.disabled && boundEmail(account) === link.email;
}
