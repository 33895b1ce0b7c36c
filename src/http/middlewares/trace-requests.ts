import type { Middleware } from 'koa';
import type { Tracing } from '../../observability/tracing.js';
import { PROBES } from './access-log.js';
import { requestIdOf } from './request-id.js';
import { routeTemplateOf } from './route-template.js';

/** Answers each request in a span of its own, with the reference by which the log and the audit log call it. */
export function traceRequests(tracing: Pick<Tracing, 'request'>): Middleware {
  return async (ctx, next) => {
    if (PROBES.test(ctx.path)) {
      await next();
      return;
    }
    const { method } = ctx;
    await tracing.request({ method, headers: ctx.req.headers }, async (traced) => {
      ctx.state['traceId'] = traced.traceId;
      try {
        await next();
      } finally {
        traced.answered({ route: routeTemplateOf(ctx), status: ctx.status, requestId: requestIdOf(ctx) });
      }
    });
  };
}
