import type Router from '@koa/router';
import type { Context, Middleware, Next } from 'koa';

/** Paths, for instance `/setup`, each with all that is below it, and the router that knows them. */
export type Area = readonly [paths: readonly string[], router: Router];

interface Branch {
  readonly paths: readonly string[];
  readonly routes: Middleware;
}

/**
 * Asks routers, in their order, only about paths that they can know: a router compares a path with each of its routes, and
 * the protocol's requests, which are most, would pay for every page of this server.
 */
export function below(...areas: readonly Area[]): Middleware {
  const bySegment = new Map<string, Branch[]>();
  for (const [paths, router] of areas) {
    // Koa's type; the router itself puts on the context what its own type asks for.
    const branch = { paths, routes: router.routes() as Middleware };
    for (const segment of new Set(paths.map(firstSegment))) {
      bySegment.set(segment, [...(bySegment.get(segment) ?? []), branch]);
    }
  }
  return (ctx, next) => {
    const branches = bySegment.get(firstSegment(ctx.path));
    return branches ? ask(branches, ctx, next) : next();
  };
}

function ask([branch, ...others]: readonly Branch[], ctx: Context, next: Next): Promise<unknown> {
  if (!branch) return next();
  const goOn: Next = () => ask(others, ctx, next);
  return isBelow(ctx.path.toLowerCase(), branch.paths) ? Promise.resolve(branch.routes(ctx, goOn)) : goOn();
}

function isBelow(path: string, prefixes: readonly string[]): boolean {
  return prefixes.some(
    (prefix) => path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/'),
  );
}

function firstSegment(path: string): string {
  const end = path.indexOf('/', 1);
  return (end === -1 ? path.slice(1) : path.slice(1, end)).toLowerCase();
}
