import type { Middleware } from 'koa';
import type { Logger } from '../../observability/logger.js';
import { requestIdOf } from './request-id.js';

/** One line for each request: what was asked, how it was answered, how long it took. Never the query. */
export function accessLog(logger: Logger): Middleware {
  return async (ctx, next) => {
    const start = performance.now();
    try {
      await next();
    } finally {
      // Probes ask every few seconds; they would bury everything else.
      const write = ctx.path.startsWith('/healthz/') ? logger.debug : logger.info;
      write('request', {
        requestId: requestIdOf(ctx),
        method: ctx.method,
        route: maskedPath(ctx.path),
        status: ctx.status,
        durationMs: Math.round((performance.now() - start) * 10) / 10,
        remoteAddress: ctx.ip,
      });
    }
  };
}

/** Segments that could be an id of an interaction or a token are not written down. */
export function maskedPath(path: string): string {
  return path
    .split('/')
    .map((segment) => (segment.length >= 20 && /[^a-z.-]/.test(segment) ? ':id' : segment))
    .join('/')
    .slice(0, 200);
}
