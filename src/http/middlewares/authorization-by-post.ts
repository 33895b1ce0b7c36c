import type { Context, Middleware } from 'koa';
import { DomainError } from '../../domain/errors.js';
import { readFormText } from '../form-body.js';
import { seeOther } from '../see-other.js';

/** Characters of a query; what is longer does not fit beside the other headers of a request. */
const MAX_QUERY = 8_000;

/**
 * Takes authorization requests by POST: the browser is sent to the same request by GET. That way it brings the cookies of
 * its session, which a form of another site does not (`SameSite=Lax`).
 * @param path of the authorization endpoint
 * @see OpenID Connect Core 1.0 §3.1.2.1, RFC 9110 §15.4.4
 */
export function authorizationByPost(path: string): Middleware {
  const redirect = async (ctx: Context): Promise<void> => {
    // Written anew, so that it is a query whatever the form was; what comes twice still does.
    const query = new URLSearchParams(await readFormText(ctx)).toString();
    if (query.length > MAX_QUERY) {
      const message = 'The authorization request is too long for a browser. Push it (RFC 9126).';
      throw new DomainError('invalid_input', message);
    }
    seeOther(ctx, `${path}?${query}`);
  };
  return (ctx, next) => (ctx.method === 'POST' && ctx.path === path ? redirect(ctx) : next());
}
