import type { Middleware } from 'koa';
import { API_DOCS_CLIENT_ID } from '../../domain/clients/api-docs-client.js';
import type { ApiDeps } from './api-deps.js';
import { docsFiles } from './docs/docs-files.js';
import { API_PREFIX, createApiRouter, type DispatchDeps } from './framework/dispatch.js';
import { apiRoutes } from './routes.js';

/** Of the API, in its document; it rises with every change that callers can see. */
export const API_VERSION = '1.0.0';

/** The REST API: its routes, its description, and the page that shows the description. */
export function createApi(deps: ApiDeps & DispatchDeps): Middleware {
  const docs = docsFiles(`${API_PREFIX}/docs`, deps.issuer, {
    signIn: deps.clientRules.declaredClientIds.has(API_DOCS_CLIENT_ID),
  });
  const router = createApiRouter(deps, apiRoutes(deps, API_VERSION)).routes();
  return (ctx, next) => {
    const { path } = ctx;
    if (path !== API_PREFIX && !path.startsWith(`${API_PREFIX}/`)) return next();
    return docs(ctx, async () => {
      // The router keeps what it found on the context, of which it needs no more than Koa's.
      await router(ctx as Parameters<typeof router>[0], next);
    }) as unknown;
  };
}
