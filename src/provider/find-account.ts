import type { Account as LibraryAccount, Client, Configuration } from 'oidc-provider';
import { accountClaims } from '../domain/accounts/account-claims.js';
import { isUsable, type Account } from '../domain/accounts/account.js';
import { mayUseClient } from '../domain/clients/client-access.js';
import { lacksVerifiedEmail } from '../domain/sign-in/verified-email.js';
import { ACCOUNT_CLIENT_ID } from '../domain/clients/account-client.js';
import type { NoteClientUse } from './client-uses.js';
import { clientTraits } from './client-metadata.js';
import { receivedClaims } from './received-claims.js';
import { orUnavailable } from './unavailable.js';
import type { AccountStore } from '../domain/accounts/account-store.js';

/** The accounts behind what the library is given. */
const behind = new WeakMap<LibraryAccount, Account>();

/** The account behind one that the library was given by `createFindAccount`. */
export function accountBehind(account: LibraryAccount): Account | undefined {
  return behind.get(account);
}

export interface FindAccountSettings {
  /** Absent: nobody keeps what clients receive. */
  readonly noteClientUse?: NoteClientUse | undefined;
  /** Which claims a scope yields. */
  readonly claimsOf: (scope: string) => readonly string[];
  /** Nobody has tokens of an app whose email address is not verified. */
  readonly requireVerifiedEmail: boolean;
}

/**
 * Finds the account that a session, code or token belongs to. A disabled one is not found, which ends whatever asked
 * for it: the library answers `invalid_grant` or `invalid_token`, and a session leads to the login page. So it is with the
 * tokens of an account that may not use their client any more, or not before its address is verified.
 */
export function createFindAccount(
  accounts: Pick<AccountStore, 'findById'>,
  { noteClientUse, claimsOf, requireVerifiedEmail }: FindAccountSettings,
): NonNullable<Configuration['findAccount']> {
  return async (ctx, sub, token) => {
    const account = await orUnavailable(() => accounts.findById(sub));
    if (!account || account.disabled) return undefined;
    // Whoever waits for the deletion of their account can sign in, to keep it, and nothing else.
    if (token !== undefined && !isUsable(account)) return undefined;
    // At the authorization endpoint there is no token yet: the interaction policy refuses there, and says why.
    if (
      token !== undefined &&
      ctx.oidc.client &&
      !mayHaveTokens(account, ctx.oidc.client, { requireVerifiedEmail })
    ) {
      return undefined;
    }
    const found: LibraryAccount = {
      accountId: account.id,
      // The library keeps of these what the scopes and the `claims` parameter ask for.
      claims: (use, scope, claims, rejected) => {
        const available = accountClaims(account);
        const { client } = ctx.oidc;
        if (noteClientUse && client && client.clientId !== ACCOUNT_CLIENT_ID) {
          const received = receivedClaims(ctx, use, { available, scope, claims, rejected, claimsOf });
          if (Object.keys(received).length > 0) noteClientUse(account.id, client.clientId, received);
        }
        return { ...available, sub: account.id };
      },
    };
    behind.set(found, account);
    return found;
  };
}

/** Whether an account may have tokens of a client, or keep those that it has, as both are now. */
export function mayHaveTokens(
  account: Account,
  client: Client,
  { requireVerifiedEmail }: Pick<FindAccountSettings, 'requireVerifiedEmail'>,
): boolean {
  const traits = clientTraits(client);
  return (
    mayUseClient(account, traits) &&
    !lacksVerifiedEmail(account, {
      clientId: client.clientId,
      byDeployment: requireVerifiedEmail,
      byClient: traits.requireVerifiedEmail,
    })
  );
}
