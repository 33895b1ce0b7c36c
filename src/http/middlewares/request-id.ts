import { randomBytes } from 'node:crypto';
import type { Middleware } from 'koa';

/**
 * Gives each request an id: it stands in the log, in the answer and on error pages, as the reference that a person can
 * tell an operator. One that comes from outside is not taken, since anybody could choose it.
 */
export const requestId: Middleware = async (ctx, next) => {
  const id = randomBytes(9).toString('base64url');
  ctx.state['requestId'] = id;
  ctx.set('X-Request-Id', id);
  await next();
};

/** The id of the request under way. */
export function requestIdOf(ctx: { readonly state: Readonly<Record<string, unknown>> }): string {
  const id = ctx.state['requestId'];
  return typeof id === 'string' ? id : '';
}
