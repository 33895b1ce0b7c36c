import type { Configuration } from 'oidc-provider';
import { accountClaims } from '../domain/accounts/account-claims.js';
import { orUnavailable } from './unavailable.js';
import type { AccountStore } from '../domain/accounts/account-store.js';

/**
 * Finds the account that a session, code or token belongs to. A disabled one is not found, which ends whatever asked
 * for it: the library answers `invalid_grant` or `invalid_token`, and a session leads to the login page.
 */
export function createFindAccount(
  accounts: Pick<AccountStore, 'findById'>,
): NonNullable<Configuration['findAccount']> {
  return async (_ctx, sub) => {
    const account = await orUnavailable(() => accounts.findById(sub));
    if (!account || account.disabled) return undefined;
    return {
      accountId: account.id,
      // The library keeps of these what the scopes and the `claims` parameter ask for.
      claims: () => ({ ...accountClaims(account), sub: account.id }),
    };
  };
}
