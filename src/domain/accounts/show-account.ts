import { isAccountId } from './account-id.js';
import type { Account } from './account.js';
import type { AccountStore } from './account-store.js';
import { accountNotFound } from './lock-account.js';

export interface ShowAccountDeps {
  readonly accounts: Pick<AccountStore, 'findById' | 'findByLogin'>;
}

/**
 * Finds an account by what somebody knows of it.
 * @param identifier its id, email or username
 * @throws {DomainError} `not_found`
 */
export async function showAccount({ accounts }: ShowAccountDeps, identifier: string): Promise<Account> {
  const account = isAccountId(identifier)
    ? await accounts.findById(identifier)
    : (await accounts.findByLogin(identifier))?.account;
  if (account === undefined) throw accountNotFound(identifier);
  return account;
}
