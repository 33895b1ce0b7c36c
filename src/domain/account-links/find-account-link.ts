import type { Account } from '../accounts/account.js';
import type { AccountStore } from '../accounts/account-store.js';
import { permissionsBeyond } from '../accounts/refuse-takeover.js';
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
 * @throws {DomainError} `account_link_invalid`, also to all but one of those who use the link at the same time, and for an
 *   account that may do more by now than the administrator who was told the link
 */
export async function redeemAccountLink(
  { accounts, accountLinks, roles }: Pick<Stores, 'accounts' | 'accountLinks' | 'roles'>,
  link: AccountLink,
  at: Date,
): Promise<Account> {
  // The account comes first, as in every other change of it: two that wait for each other would never end.
  const account = await accounts.findForUpdate(link.accountId);
  if (!account || !isUsable(link, account) || (await isBeyond(roles, link, account))) {
    throw accountLinkInvalid();
  }
  if (!(await accountLinks.redeem(link, at))) throw accountLinkInvalid();
  return account;
}

async function isBeyond(
  roles: Stores['roles'],
  { grantorPermissions }: AccountLink,
  account: Account,
): Promise<boolean> {
  if (grantorPermissions === undefined) return false;
  return (await permissionsBeyond(roles, { permissions: new Set(grantorPermissions) }, account)).length > 0;
}

function isUsable(link: AccountLink, account: Account): boolean {
  return !account.disabled && boundEmail(account) === link.email;
}
