import type { Middleware } from 'koa';

/** Nothing from elsewhere, nothing inline, forms only to this server, in nobody's frame. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** For an SVG image, which is a document of its own when it is opened by its address: nothing in it runs or loads. */
export const IMAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/**
 * Headers of every answer. Two usual ones are left out on purpose: `Cross-Origin-Opener-Policy` would cut the tie
 * between an app and its sign-in popup, and `Referrer-Policy: no-referrer` would make our own forms send `Origin: null`.
 * @see Content Security Policy Level 3, RFC 6797
 */
export function securityHeaders(issuer: string): Middleware {
  const isHttps = issuer.startsWith('https:');
  return (ctx, next) => {
    ctx.set('Content-Security-Policy', CONTENT_SECURITY_POLICY);
    ctx.set('X-Content-Type-Options', 'nosniff');
    ctx.set('X-Frame-Options', 'DENY');
    ctx.set('Referrer-Policy', 'same-origin');
    if (isHttps) ctx.set('Strict-Transport-Security', 'max-age=31536000; includeSubDomains');
    return next();
  };
}
