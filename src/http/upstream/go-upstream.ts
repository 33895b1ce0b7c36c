import type { RouterContext } from '@koa/router';
import { beginUpstream } from '../../domain/upstream/begin-upstream.js';
import type { IdentityProvider } from '../../domain/upstream/identity-provider.js';
import type { UpstreamPurpose } from '../../domain/upstream/upstream-request.js';
import type { UpstreamDeps } from './upstream-deps.js';

/** Where a provider sends people back to, relative to the issuer. */
export function callbackPath({ id }: Pick<IdentityProvider, 'id'>): string {
  return `/upstream/${id}/callback`;
}

/**
 * Sends the browser to another provider, by a page in between: see `ContinueView`.
 * @throws {UpstreamError} `unreachable`, `invalid_answer`
 */
export async function goUpstream(
  deps: UpstreamDeps,
  ctx: RouterContext,
  provider: IdentityProvider,
  wish: {
    readonly purpose: UpstreamPurpose;
    readonly fresh: boolean;
    readonly loginHint?: string | undefined;
    readonly uiLocales?: string | undefined;
    readonly display?: string | undefined;
  },
): Promise<void> {
  const { display, ...asked } = wish;
  const { uri, state, browser } = await beginUpstream(deps, provider, asked);
  deps.cookies.request(state).give(ctx, callbackPath(provider), browser);
  const settings = { uiLocales: wish.uiLocales, display };
  deps.pages.show(ctx, 'continue', { continueUri: uri, clientName: provider.name }, settings);
}
