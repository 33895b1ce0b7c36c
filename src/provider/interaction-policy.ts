import { errors, interactionPolicy as library } from 'oidc-provider';
import { ACCOUNT_CLIENT_ID } from '../domain/clients/account-client.js';
import { accountBehind } from './find-account.js';
import { authenticationCheck, type AuthenticationCheckDependencies } from './authentication-check.js';
import { isSignUpOpen, type ProtocolSettings } from './provider-dependencies.js';
import { verifiedEmailCheck } from './verified-email-check.js';
import { mayUseRequestedClient } from './may-use-requested-client.js';

/**
 * When a person has to act: the library's rules, and some more. An app can have the person choose an account. A live session whose account was disabled or deleted
 * leads to the login page. Whoever is signed in and may not use the client is refused, which no interaction can mend.
 */
export function createInteractionPolicy(
  deps: AuthenticationCheckDependencies & {
    readonly requireVerifiedEmail: boolean;
    readonly settings: Pick<ProtocolSettings, 'signUp'>;
  },
): ReturnType<typeof library.base> {
  const policy = library.base();
  // Before the login: whoever takes up a session has signed in.
  policy.add(new library.Prompt({ name: 'select_account', requestable: true }), 0);
  // Else the library refuses it, as the specification says of prompts that a provider does not support.
  if (isSignUpOpen(deps.settings)) {
    policy.add(new library.Prompt({ name: 'create', requestable: true }), 0);
  }
  const login = policy.get('login');
  login?.checks.add(
    new library.Check(
      'account_unavailable',
      'End-User authentication is required',
      'login_required',
      (ctx) => {
        const { session, account } = ctx.oidc;
        return Boolean(session?.accountId && !account);
      },
    ),
  );
  // Whoever waits for the deletion of their account chooses first whether to keep it, except at the pages of the account,
  // which offer the same choice.
  const deletion = new library.Check(
    'account_waits_for_deletion',
    'The account waits for its deletion',
    'interaction_required',
    ({ oidc: { account, client } }) =>
      client?.clientId !== ACCOUNT_CLIENT_ID &&
      account !== undefined &&
      accountBehind(account)?.deletionDueAt !== undefined,
  );
  // Right before the consent, the last one.
  policy.add(
    new library.Prompt({ name: 'account_deletion', requestable: false }, deletion),
    policy.length - 1,
  );
  // The library's own compare texts and know no order; and they forget what is essential beside `acr_values`.
  login?.checks.remove('essential_acrs');
  login?.checks.remove('essential_acr');
  login?.checks.add(authenticationCheck(deps));
  // After it: who lacks a factor as well hears of that first.
  login?.checks.add(verifiedEmailCheck(deps.requireVerifiedEmail));
  // Of the prompts the last one: whoever asks for another login gets it before they are refused.
  policy.get('consent')?.checks.add(
    new library.Check('client_access', 'The account may not use this client', 'access_denied', (ctx) => {
      if (mayUseRequestedClient(ctx)) return false;
      throw new errors.AccessDenied('the account may not use this client');
    }),
  );
  return policy;
}
