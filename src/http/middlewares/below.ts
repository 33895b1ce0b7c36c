import type Router from '@koa/router';
import type { Middleware } from 'koa';

/**
 * Asks a router only about paths that it can know: a router compares a path with each of its routes, and the protocol's
 * requests, which are most, would pay for every page of this server.
 * @param prefixes first segments, for instance `/setup`; the path itself and what is below it pass
 */
export function below(prefixes: readonly string[], router: Router): Middleware {
  // Koa's type; the router itself puts on the context what its own type asks for.
  const routes = router.routes() as Middleware;
  return async (ctx, next) => {
    const path = ctx.path.toLowerCase();
    const isBelow = prefixes.some(
      (prefix) => path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/'),
    );
    await (isBelow ? routes(ctx, next) : next());
  };
}
