import { errors, interactionPolicy as library } from 'oidc-provider';
import { mayUseRequestedClient } from './may-use-requested-client.js';

/**
 * When a person has to act: the library's rules, and two more. A live session whose account was disabled or deleted
 * leads to the login page. Whoever is signed in and may not use the client is refused, which no interaction can mend.
 */
export function createInteractionPolicy(): ReturnType<typeof library.base> {
  const policy = library.base();
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
  // Of the prompts the last one: whoever asks for another login gets it before they are refused.
  policy.get('consent')?.checks.add(
    new library.Check('client_access', 'The account may not use this client', 'access_denied', (ctx) => {
      if (mayUseRequestedClient(ctx)) return false;
      throw new errors.AccessDenied('the account may not use this client');
    }),
  );
  return policy;
}
