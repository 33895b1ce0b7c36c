import type { Account as LibraryAccount, Configuration } from 'oidc-provider';
import { accountClaims } from '../domain/accounts/account-claims.js';
import type { Account } from '../domain/accounts/account.js';
import { mayUseClient } from '../domain/clients/client-access.js';
import { clientTraits } from './client-metadata.js';
import { orUnavailable } from './unavailable.js';
import type { AccountStore } from '../domain/accounts/account-store.js';

/** The accounts behind what the library is given. */
const behind = new WeakMap<LibraryAccount, Account>();

/** The account behind one that the library was given by `createFindAccount`. */
export function accountBehind(account: LibraryAccount): Account | undefined {
  return behind.get(account);
}

/**
 * Finds the account that a session, code or token belongs to. A disabled one is not found, which ends whatever asked
 * for it: the library answers `invalid_grant` or `invalid_token`, and a session leads to the login page. So it is with the
 * tokens of an account that may not use their client any more.
 */
export function createFindAccount(
  accounts: Pick<AccountStore, 'findById'>,
): NonNullable<Configuration['findAccount']> {
  return async (ctx, sub, token) => {
    const account = await orUnavailable(() => accounts.findById(sub));
    if (!account || account.disabled) return undefined;
    // At the authorization endpoint there is no token yet: the interaction policy refuses there, and says why.
    if (token !== undefined && ctx.oidc.client && !mayUseClient(account, clientTraits(ctx.oidc.client))) {
      return undefined;
    }
    const found: LibraryAccount = {
      accountId: account.id,
      // The library keeps of these what the scopes and the `claims` parameter ask for.
      claims: () => ({ ...accountClaims(account), sub: account.id }),
    };
    behind.set(found, account);
    return found;
  };
}
