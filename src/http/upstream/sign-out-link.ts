import type { Context } from 'koa';
import type { UpstreamButton } from '../upstream-view-models.js';
import type { UpstreamDeps } from './upstream-deps.js';

/** Where people go on to sign out at another provider. */
export function signOutPath(id: string): string {
  return `/upstream/${id}/sign-out`;
}

/** Finds where somebody who signs out here may still be signed in. */
export function createSignOutLink({
  cookies,
  providers,
}: Pick<UpstreamDeps, 'cookies' | 'providers'>): (ctx: Context) => UpstreamButton | undefined {
  return (ctx) => {
    const id = cookies.lastProvider.read(ctx);
    const provider = providers.find((one) => one.id === id && one.logout);
    return provider && { name: provider.name, action: signOutPath(provider.id) };
  };
}
