import type { Middleware } from 'koa';
import type { Pages } from '../pages.js';
import { requestIdOf } from './request-id.js';

/**
 * Answers only requests for the issuer's own host: addresses in answers and the audience of client assertions follow
 * the host of a request, and strangers choose that. What passes is marked with the issuer's scheme and host, whatever
 * stands between the client and this server.
 */
export function issuerHost(issuer: string, pages: Pages): Middleware {
  const { host, protocol } = new URL(issuer);
  return async (ctx, next) => {
    const asked = ctx.get('x-forwarded-host').split(',')[0]?.trim() || ctx.get('host');
    if (!isSameHost(asked, host, protocol)) {
      const message = `This server answers as ${issuer} only.`;
      if (ctx.accepts('json', 'html') === 'html') {
        pages.show(
          ctx,
          'error',
          { kind: 'not_found', message, reference: requestIdOf(ctx), backUri: issuer, backLabel: issuer },
          { status: 421 },
        );
      } else {
        ctx.status = 421;
        ctx.set('Cache-Control', 'no-store');
        ctx.body = { error: 'invalid_request', error_description: message };
      }
      return;
    }
    ctx.req.headers['host'] = host;
    ctx.req.headers['x-forwarded-host'] = host;
    ctx.req.headers['x-forwarded-proto'] = protocol.slice(0, -1);
    await next();
  };
}

function isSameHost(asked: string, host: string, protocol: string): boolean {
  const defaultPort = protocol === 'https:' ? ':443' : ':80';
  const normal = asked.toLowerCase();
  return normal === host || normal === `${host}${defaultPort}`;
}
