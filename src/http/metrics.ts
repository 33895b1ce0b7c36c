import { createHash, timingSafeEqual } from 'node:crypto';
import { BlockList, isIPv6 } from 'node:net';
import { noteRoute } from './middlewares/route-template.js';
import Koa, { type Context, type Middleware, type Next } from 'koa';

export const METRICS_PATH = '/metrics';

export interface MetricsDeps {
  readonly expose: () => Promise<{ readonly type: string; readonly text: string }>;
  /** Whoever asks has to present it; undefined: see `mayReadWithoutToken`. */
  readonly token: string | undefined;
  /** Decides where there is no token. */
  readonly mayReadWithoutToken: (ctx: Pick<Context, 'ip'>) => boolean;
}

/**
 * Answers `/metrics`. Whoever may not read them learns nothing, not even that they are there, unless a token is
 * configured: then the answer asks for it.
 * @see RFC 6750 §3
 */
export function metricsEndpoint({ expose, token, mayReadWithoutToken }: MetricsDeps): Middleware {
  const answer = async (ctx: Context, next: Next): Promise<void> => {
    if (token === undefined) {
      if (!mayReadWithoutToken(ctx)) {
        await next();
        return;
      }
    } else if (!isSame(token, /^Bearer +(\S+)$/i.exec(ctx.get('authorization'))?.[1] ?? '')) {
      ctx.status = 401;
      ctx.set('WWW-Authenticate', 'Bearer realm="metrics"');
      ctx.set('Cache-Control', 'no-store');
      ctx.body = 'Send METRICS_TOKEN as bearer token.\n';
      return;
    }
    noteRoute(ctx, METRICS_PATH);
    const { type, text } = await expose();
    ctx.set('Cache-Control', 'no-store');
    ctx.set('Content-Type', type);
    ctx.body = text;
  };
  return (ctx, next) =>
    ctx.path === METRICS_PATH && (ctx.method === 'GET' || ctx.method === 'HEAD') ? answer(ctx, next) : next();
}

/** An application of its own for a port that answers the metrics and nothing else. */
export function createMetricsApp(deps: Pick<MetricsDeps, 'expose' | 'token'>): Koa {
  const app = new Koa();
  app.silent = true;
  // Whoever reaches the port may read: that is what a port of its own is for.
  app.use(metricsEndpoint({ ...deps, mayReadWithoutToken: () => true }));
  return app;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether a request comes from this machine. Behind a proxy every request may seem to: see `trustedProxies`. */
export function isFromLoopback({ ip }: Pick<Context, 'ip'>): boolean {
  return LOOPBACK.check(ip, isIPv6(ip) ? 'ipv6' : 'ipv4');
}

function isSame(expected: string, presented: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(expected), digest(presented));
}
