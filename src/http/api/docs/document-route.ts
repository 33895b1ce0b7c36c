import { z } from 'zod';
import { openApiDocument } from '../framework/openapi.js';
import { defineRoute, type ApiRoute } from '../framework/route.js';

/**
 * The API's own description, for everybody.
 * @param routes all others; the description names this one too
 */
export function documentRoute(
  routes: readonly ApiRoute[],
  options: { readonly issuer: string; readonly version: string },
): ApiRoute {
  // Made when somebody first asks: it takes longer than anything else that the API does at the start.
  let document: ReturnType<typeof openApiDocument> | undefined;
  const route: ApiRoute = defineRoute({
    method: 'get',
    path: '/openapi.json',
    operationId: 'getDescription',
    tag: 'description',
    summary: 'Get this description',
    access: 'public',
    success: {
      status: 200,
      description: 'OpenAPI 3.1.',
      schema: z.looseObject({ openapi: z.string() }).meta({ title: 'OpenAPI document' }),
    },
    handle: () => Promise.resolve({ body: (document ??= openApiDocument([...routes, route], options)) }),
  });
  return route;
}
