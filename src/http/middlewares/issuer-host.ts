import type { Context, Middleware } from 'koa';
import type { Pages } from '../pages.js';
import { requestIdOf } from './request-id.js';
import { removeHeaders } from './trusted-proxies.js';

/** A second host, at which clients present certificates. @see RFC 8705 §5 */
export interface CertificateHost {
  /** Scheme and host. */
  readonly endpoint: string;
  /** What is answered there. */
  readonly paths: ReadonlySet<string>;
  /** Below these, which end with `/`, everything is answered there, too. */
  readonly areas: readonly string[];
  /** Paths whose answers tell addresses for people, which are those of the issuer. */
  readonly pathsOfIssuer: ReadonlySet<string>;
  /** Headers, in lower case, that carry certificates; they count at this host only. */
  readonly headers: readonly string[];
}

/**
 * Answers only requests for the issuer's own host: addresses in answers and the audience of client assertions follow
 * the host of a request, and strangers choose that. What passes is marked with the issuer's scheme and host, whatever
 * stands between the client and this server.
 * @param certificateHost absent: there is no second host
 */
export function issuerHost(issuer: string, pages: Pages, certificateHost?: CertificateHost): Middleware {
  const own = new URL(issuer);
  const second = certificateHost && { ...certificateHost, url: new URL(certificateHost.endpoint) };
  return (ctx, next) => {
    const asked = ctx.get('x-forwarded-host').split(',')[0]?.trim() || ctx.get('host');
    if (second && isSameHost(asked, second.url) && isAnswered(second, ctx.path)) {
      // The address for which a proof of possession is made out is the one that was asked (RFC 9449 §4.2).
      mark(ctx, second.pathsOfIssuer.has(ctx.path) ? own : second.url);
      return next();
    }
    if (!isSameHost(asked, own)) {
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
      return Promise.resolve();
    }
    if (second) removeHeaders(ctx, second.headers);
    mark(ctx, own);
    return next();
  };
}

function isAnswered({ paths, areas }: CertificateHost, path: string): boolean {
  return paths.has(path) || areas.some((area) => path.startsWith(area));
}

function mark({ req }: Context, { host, protocol }: URL): void {
  req.headers['host'] = host;
  req.headers['x-forwarded-host'] = host;
  req.headers['x-forwarded-proto'] = protocol.slice(0, -1);
}

function isSameHost(asked: string, { host, protocol }: URL): boolean {
  const defaultPort = protocol === 'https:' ? ':443' : ':80';
  const normal = asked.toLowerCase();
  return normal === host || normal === `${host}${defaultPort}`;
}
