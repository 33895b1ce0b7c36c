import { randomFillSync } from 'node:crypto';
import type { Middleware } from 'koa';

const ID_BYTES = 9;
/** Random bytes, drawn many at a time: that costs as much as drawing a few. */
const drawn = Buffer.allocUnsafe(ID_BYTES * 256);
let used = drawn.length;

function newRequestId(): string {
  if (used === drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  return drawn.toString('base64url', used, (used += ID_BYTES));
}

/**
 * Gives each request an id: it stands in the log, in the answer and on error pages, as the reference that a person can
 * tell an operator. One that comes from outside is not taken, since anybody could choose it.
 */
export const requestId: Middleware = (ctx, next) => {
  const id = newRequestId();
  ctx.state['requestId'] = id;
  ctx.set('X-Request-Id', id);
  return next();
};

/** The id of the request under way. */
export function requestIdOf(ctx: { readonly state: Readonly<Record<string, unknown>> }): string {
  const id = ctx.state['requestId'];
  return typeof id === 'string' ? id : '';
}
