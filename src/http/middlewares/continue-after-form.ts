import type { Context, Middleware, Next } from 'koa';
import type { Pages } from '../pages.js';

/**
 * Turns the redirect that answers a posted form into a page that goes on by itself: browsers apply `form-action` to the
 * whole chain of redirects, and would stop at the relying party.
 * @param path the form's address
 * @see ContinueView
 */
export function continueAfterForm(path: string, pages: Pages): Middleware {
  const goOn = async (ctx: Context, next: Next): Promise<void> => {
    await next();
    if (ctx.status !== 303) return;
    const continueUri = ctx.response.get('Location');
    ctx.remove('Location');
    pages.show(ctx, 'continue', { continueUri });
  };
  return (ctx, next) => (ctx.method === 'POST' && ctx.path === path ? goOn(ctx, next) : next());
}
