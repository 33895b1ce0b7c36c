import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { toPageClient, type ProtocolPages } from '../protocol-pages.js';

type Feature = NonNullable<NonNullable<Configuration['features']>['rpInitiatedLogout']>;

/** Logout that a relying party starts. @see OpenID Connect RP-Initiated Logout 1.0 §2 */
export function rpInitiatedLogout(
  pages: ProtocolPages,
  labelOf: (accountId: string) => Promise<string | undefined>,
): Feature {
  return {
    enabled: true,
    logoutSource: async (ctx) => {
      const accountId = ctx.oidc.session?.accountId;
      pages.logout(ctx, {
        action: ctx.oidc.urlFor('end_session_confirm'),
        xsrf: xsrfOf(ctx),
        client: toPageClient(ctx.oidc.client),
        account: accountId === undefined ? undefined : await labelOf(accountId),
      });
    },
    postLogoutSuccessSource: (ctx) => {
      pages.loggedOut(ctx, { client: toPageClient(ctx.oidc.client) });
    },
  };
}

/** The token by which the library recognises its own forms; it stands in the session while the form is open. */
export function xsrfOf(ctx: KoaContextWithOIDC): string {
  const secret = ctx.oidc.session?.state?.secret;
  return typeof secret === 'string' ? secret : '';
}
