import type { Context, Middleware } from 'koa';
import type { Logger } from '../../observability/logger.js';
import { requestIdOf } from './request-id.js';
import { routeTemplateOf } from './route-template.js';

/** A request that was answered. */
export interface AnsweredRequest {
  readonly method: string;
  /** As it was declared, never the path itself. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** Hears of each request when it is answered; it must not fail. */
export type RequestObserver = (answered: AnsweredRequest, ctx: Context) => void;

/** Asked every few seconds by machines: they would bury everything else in the log. */
export const PROBES = /^\/(healthz\/|metrics$)/;

/**
 * One line for each request: what was asked, how it was answered, how long it took. Never the query.
 * @param observe is told the same, for metrics
 */
export function accessLog(logger: Logger, observe?: RequestObserver): Middleware {
  return async (ctx, next) => {
    const start = performance.now();
    try {
      await next();
    } finally {
      const durationMs = performance.now() - start;
      const { method, status } = ctx;
      observe?.({ method, route: routeTemplateOf(ctx), status, seconds: durationMs / 1000 }, ctx);
      const { traceId } = ctx.state;
      const write = PROBES.test(ctx.path) ? logger.debug : logger.info;
      write('request', () => ({
        requestId: requestIdOf(ctx),
        method,
        route: maskedPath(ctx.path),
        status,
        durationMs: Math.round(durationMs * 10) / 10,
        remoteAddress: ctx.ip,
        ...(typeof traceId === 'string' ? { traceId } : {}),
      }));
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
