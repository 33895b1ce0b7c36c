import type { Context } from 'koa';

/** Leads the browser on to another address, after a form or in the place of a page. @see RFC 9110 §15.4.4 */
export function seeOther(ctx: Context, address: string): void {
  ctx.set('Cache-Control', 'no-store');
  ctx.status = 303;
  ctx.redirect(address);
}
