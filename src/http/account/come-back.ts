import type { RouterContext } from '@koa/router';
import { seeOther } from '../see-other.js';
import type { AccountDeps } from './account-deps.js';

/** Where the browser arrives after a sign-in for the account: back to the page that asked for it. */
export function comeBack(deps: Pick<AccountDeps, 'returnAddress' | 'pages'>, ctx: RouterContext): void {
  const { state, error } = ctx.query;
  const page = deps.returnAddress.fromState(typeof state === 'string' ? state : undefined);
  if (error !== undefined) {
    deps.pages.show(ctx, 'account-not-signed-in', { retryUri: page });
    return;
  }
  seeOther(ctx, page);
}
