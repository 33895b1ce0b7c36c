import type { Context } from 'koa';
import type { Look } from '../domain/branding/client-branding.js';

/** The client for which a page is shown, as far as it changes how the page looks. */
export interface ShownClient {
  readonly look: Look;
  /** Address of its logo at this server. */
  readonly logoPath?: string | undefined;
}

const SHOWN_CLIENT = Symbol('the client for which pages of this request are shown');

/** All pages that answer this request look as the client wants them to. */
export function showPagesFor(ctx: Context, client: ShownClient | undefined): void {
  if (client) Object.assign(ctx.state, { [SHOWN_CLIENT]: client });
}

/** What `showPagesFor` was told. */
export function shownClient(ctx: Context): ShownClient | undefined {
  return (ctx.state as { readonly [SHOWN_CLIENT]?: ShownClient })[SHOWN_CLIENT];
}
