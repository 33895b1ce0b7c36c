import type { Middleware } from 'koa';
import { originOf } from './audit-origin.js';
import type { ArtifactUnits } from '../../provider/artifact-units.js';

/**
 * Writes down what a request has done, all of it or nothing, before its answer goes out. After an answer of 500 and above
 * nothing is written. When another request had used up the same code or token first, the answer becomes the error that
 * the specification has for it.
 * @see RFC 6749 §5.2
 */
export function artifactUnit(units: ArtifactUnits): Middleware {
  return (ctx, next) =>
    units.run(async (unit) => {
      await next();
      if (ctx.status === 503) ctx.set('Retry-After', '5');
      if (ctx.status >= 500 || (await unit.commit())) return;
      ctx.status = 400;
      ctx.remove('Set-Cookie');
      ctx.remove('Location');
      ctx.body = { error: 'invalid_grant', error_description: 'grant request is invalid' };
    }, originOf(ctx));
}
