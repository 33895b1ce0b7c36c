import Router, { type RouterContext } from '@koa/router';

export interface HealthDeps {
  /** Whether requests can be served now: the database answers and the server is not shutting down. */
  readonly isReady: () => Promise<boolean>;
}

/**
 * Live: the process runs. Ready: it can serve. They differ so that a database that is away takes instances out of the
 * balance and restarts none of them.
 */
export function createHealthRouter({ isReady }: HealthDeps): Router {
  const router = new Router();
  router.get('/healthz/live', (ctx: RouterContext) => {
    ctx.set('Cache-Control', 'no-store');
    ctx.body = { status: 'live' };
  });
  router.get('/healthz/ready', async (ctx: RouterContext) => {
    // Whatever keeps it from telling keeps it from serving.
    const ready = await isReady().catch(() => false);
    ctx.set('Cache-Control', 'no-store');
    ctx.status = ready ? 200 : 503;
    ctx.body = { status: ready ? 'ready' : 'not_ready' };
  });
  return router;
}
