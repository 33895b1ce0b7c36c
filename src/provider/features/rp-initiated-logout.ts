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
    postLogoutSuccessSource: async (ctx) => {
      const accountId = await signedInAccount(ctx);
      pages.loggedOut(ctx, {
        client: toPageClient(ctx.oidc.client),
        account: accountId === undefined ? undefined : await labelOf(accountId),
      });
    },
  };
}

/** The library comes here too when the person chose to stay signed in, and has looked at no session then. */
async function signedInAccount(ctx: KoaContextWithOIDC): Promise<string | undefined> {
  const { provider } = ctx.oidc;
  const cookie = ctx.cookies.get(provider.cookieName('session'), { signed: true });
  return cookie === undefined ? undefined : (await provider.Session.find(cookie))?.accountId;
}

/** The token by which the library recognises its own forms; it stands in the session while the form is open. */
export function xsrfOf(ctx: KoaContextWithOIDC): string {
  const secret = ctx.oidc.session?.state?.secret;
  return typeof secret === 'string' ? secret : '';
}
