import type { Context } from 'koa';

/** What was asked for and is no route: one name for all of it, since strangers choose the paths. */
const UNMATCHED = 'unmatched';

/** Notes which route answers, where no router does so. */
export function noteRoute(ctx: Pick<Context, 'state'>, template: string): void {
  ctx.state['route'] = template;
}

/**
 * The route that answered as it was declared, for instance `/interaction/:uid/login`: of which there are some hundreds,
 * while paths are without number. Our routers and that of the protocol's library leave it on the context.
 */
export function routeTemplateOf(ctx: Pick<Context, 'state'>): string {
  if ('_matchedRoute' in ctx && typeof ctx._matchedRoute === 'string') return ctx._matchedRoute;
  const { route } = ctx.state;
  return typeof route === 'string' ? route : UNMATCHED;
}
