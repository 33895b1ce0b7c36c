import type { RouterContext } from '@koa/router';
import type { IdentityProvider } from '../../domain/upstream/identity-provider.js';
import { takeForSignOut } from '../../domain/upstream/sign-out-ticket.js';
import { UpstreamError } from '../../domain/upstream/upstream-error.js';
import type { UpstreamSignOutWish } from '../../domain/upstream/upstream-protocol.js';
import { seeOther } from '../see-other.js';
import { signOutPath } from './sign-out-link.js';
import { showFailure } from './show-failure.js';
import type { UpstreamDeps } from './upstream-deps.js';

/** Where a provider sends people back to after they signed out there, relative to the issuer. */
function signedOutPath({ id }: Pick<IdentityProvider, 'id'>): string {
  return `/upstream/${id}/signed-out`;
}

/** Sends the browser on to sign out at another provider. @see OpenID Connect RP-Initiated Logout 1.0 §2 */
export async function signOutThere(
  deps: UpstreamDeps,
  ctx: RouterContext,
  provider: IdentityProvider,
): Promise<void> {
  ctx.set('Cache-Control', 'no-store');
  try {
    const comeBack = provider.logoutReturn ? newReturn(deps, provider) : undefined;
    const idToken = await hintOf(deps, ctx, provider);
    const uri = await deps.protocol.signOutUri(provider, { idToken, comeBack });
    if (uri === undefined) {
      deps.pages.show(ctx, 'upstream-sign-out-failed', { providerName: provider.name });
      return;
    }
    if (comeBack) deps.cookies.signOutState.give(ctx, signedOutPath(provider), comeBack.state);
    seeOther(ctx, uri);
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    showFailure(deps, ctx, error, { providerName: provider.name });
  }
}

/**
 * The page for whoever comes back from signing out there. The state shows that it was this browser that went; it holds
 * for as long as the cookie, so that the page can be loaded again in another language.
 * @see OpenID Connect RP-Initiated Logout 1.0 §3
 */
export function welcomeBack(deps: UpstreamDeps, ctx: RouterContext, provider: IdentityProvider): void {
  const expected = deps.cookies.signOutState.read(ctx);
  const { name: providerName } = provider;
  if (expected !== undefined && ctx.query['state'] === expected) {
    deps.pages.show(ctx, 'upstream-sign-out-done', { providerName });
    return;
  }
  const model = { providerName, fault: 'return_unknown' } as const;
  deps.pages.show(ctx, 'upstream-sign-out-failed', model, { status: 400 });
}

function newReturn(
  { issuer, randomToken }: Pick<UpstreamDeps, 'issuer' | 'randomToken'>,
  provider: IdentityProvider,
): NonNullable<UpstreamSignOutWish['comeBack']> {
  return { uri: `${issuer.replace(/\/$/, '')}${signedOutPath(provider)}`, state: randomToken() };
}

/** The ID token of the sign-in there, once, and only for whoever comes from a page of this server. */
async function hintOf(
  deps: UpstreamDeps,
  ctx: RouterContext,
  provider: IdentityProvider,
): Promise<string | undefined> {
  const ticket = deps.cookies.signOut.read(ctx);
  // With it the provider may ask nothing, so that another site could sign people out there by a link.
  if (ticket === undefined || ctx.get('sec-fetch-site') !== 'same-origin') return undefined;
  deps.cookies.signOut.clear(ctx, signOutPath(provider.id));
  return takeForSignOut(deps, provider, ticket);
}
