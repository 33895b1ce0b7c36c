import { DomainError } from '../errors.js';
import { ADMINISTRATOR_ROLE, isEnabledAdministrator, type Account } from './account.js';
import type { AccountStore } from './account-store.js';
import { lastAdministrator } from './keep-an-administrator.js';

/**
 * The refusal of an account that is not there.
 * @param identifier what somebody who may see accounts looked for
 */
export function accountNotFound(identifier?: string): DomainError {
  const which = identifier === undefined ? 'such account' : `account ${JSON.stringify(identifier)}`;
  return new DomainError('not_found', `There is no ${which}.`);
}

/**
 * Reads an account and keeps it from changing until the unit of work ends.
 * @throws {DomainError} `not_found`
 */
export async function lockAccount(accounts: AccountStore, id: string): Promise<Account> {
  const account = await accounts.findForUpdate(id);
  if (account === undefined) throw accountNotFound();
  return account;
}

/**
 * Like `lockAccount`, for a change after which the account administers nothing any more.
 * @throws {DomainError} `not_found`, `last_administrator` when nobody else could administer this provider then
 */
export async function lockAccountToDemote(accounts: AccountStore, id: string): Promise<Account> {
  const seen = await accounts.findById(id);
  if (seen === undefined) throw accountNotFound();
  // The administrators are locked first and in one order, so that two such changes at once wait for each other.
  if (isEnabledAdministrator(seen)) await accounts.countEnabledWithRole(ADMINISTRATOR_ROLE);
  const account = await lockAccount(accounts, id);
  if (isEnabledAdministrator(account) && (await accounts.countEnabledWithRole(ADMINISTRATOR_ROLE)) <= 1) {
    throw lastAdministrator();
  }
  return account;
}
