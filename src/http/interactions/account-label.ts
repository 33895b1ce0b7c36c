import type { Account } from '../../domain/accounts/account.js';

/** How a person recognises their own account. */
export function accountLabel(account: Pick<Account, 'email'>): string {
  return account.email;
}
