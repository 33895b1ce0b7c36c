import { interactionPolicy as library } from 'oidc-provider';

/**
 * When a person has to act: the library's rules, and one more. A live session whose account was disabled or deleted
 * leads to the login page.
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
  return policy;
}
