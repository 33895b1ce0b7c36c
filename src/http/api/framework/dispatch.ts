import Router, { type RouterContext } from '@koa/router';
import type { z } from 'zod';
import { errorFields, type Logger } from '../../../observability/logger.js';
import { originOf } from '../../middlewares/audit-origin.js';
import { requestIdOf } from '../../middlewares/request-id.js';
import { authenticate, authorize, type AuthenticateDeps } from './authenticate.js';
import type { Caller } from './caller.js';
import { checkPart } from './check.js';
import { entityTag } from './entity-tag.js';
import { withIdempotency, type IdempotencyStore } from './idempotency.js';
import { readJsonBody, receiveBody } from './json-body.js';
import { bytesOfLines, LINES_TYPE, refuseIdempotencyKey, startLines } from './lines.js';
import { asProblem, type Problem } from './problem.js';
import { countRequest, type RateLimit } from './rate-limit.js';
import type { ApiAnswer, ApiRoute } from './route.js';

export interface DispatchDeps extends AuthenticateDeps {
  readonly rateLimit: RateLimit;
  readonly idempotency: IdempotencyStore;
  readonly logger: Logger;
}

/** Where the API stands. */
export const API_PREFIX = '/api/v1';

const ANYBODY: Caller = {
  accountId: undefined,
  clientId: '',
  permissions: new Set(),
  mayUseOwnAccount: false,
};

/**
 * Serves declared routes, each request through the same steps in the same order, once it is there whole: who calls, how
 * often, what they may, what they sent, what is done, how it is answered.
 */
export function createApiRouter(deps: DispatchDeps, routes: readonly ApiRoute[]): Router {
  const router = new Router({ prefix: API_PREFIX });
  for (const route of routes) {
    router[route.method](toRouterPath(route.path), (ctx: RouterContext) => answer(deps, route, ctx));
  }
  router.all('{/*path}', (ctx: RouterContext) => {
    const known = routes.filter(({ path }) => matches(path, ctx.path.slice(API_PREFIX.length)));
    const allow = known.map(({ method }) => method.toUpperCase()).join(', ');
    show(ctx, {
      status: known.length > 0 ? 405 : 404,
      code: known.length > 0 ? 'method_not_allowed' : 'not_found',
      title: known.length > 0 ? 'Method not allowed' : 'Not found',
      detail: known.length > 0 ? `This resource takes ${allow}.` : 'There is no such resource.',
      errors: [],
      headers: known.length > 0 ? { Allow: allow } : {},
    });
  });
  return router;
}

async function answer(deps: DispatchDeps, route: ApiRoute, ctx: RouterContext): Promise<void> {
  ctx.set('Cache-Control', 'no-store');
  try {
    // Whoever sends a body slowly must not go on with rights that were taken away meanwhile. Its faults are told later.
    if (route.body) await receiveBody(ctx).catch(() => undefined);
    const caller = route.access === 'public' ? ANYBODY : await authenticate(deps, ctx);
    await countRequest(deps.rateLimit, ctx, caller);
    authorize(deps.realm, route.access, caller);
    const request = {
      caller,
      params: checkPart('path', route.params, ctx.params),
      query: checkPart('query', route.query, ctx.query),
      body: checkPart('body', route.body, route.body && (await readBody(ctx, route, route.body))),
      origin: originOf(ctx, actorOf(caller)),
      ifMatch: ctx.get('if-match') || undefined,
      bytes: bytesOfLines(ctx, route),
    };
    if (route.success.line) refuseIdempotencyKey(ctx);
    const run = (): Promise<ApiAnswer> => route.handle(request);
    const reply =
      route.method === 'post' && !route.success.line
        ? await withIdempotency(
            deps.idempotency,
            ctx.get('idempotency-key'),
            { ctx, caller, body: request.body, successStatus: route.success.status },
            run,
          )
        : await run();
    if (reply.lines) await sendLines(deps, ctx, route, { ...reply, lines: reply.lines });
    else send(ctx, route, reply);
  } catch (error) {
    const problem = asProblem(error);
    if (!problem || problem.status >= 500) {
      deps.logger.error('API request failed', { requestId: requestIdOf(ctx), ...errorFields(error) });
    }
    show(ctx, problem ?? FAILURE);
  }
}

/** A body that the route's schema does without may be left out. */
async function readBody(ctx: RouterContext, { bodyType }: ApiRoute, schema: z.ZodType): Promise<unknown> {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = ctx.req.headers;
  const isLeftOut = length === '0' && encoding === undefined;
  if (isLeftOut && schema.safeParse(undefined).success) return undefined;
  return readJsonBody(ctx, bodyType ?? 'application/json');
}

function send(ctx: RouterContext, route: ApiRoute, { status, body, headers = {} }: ApiAnswer): void {
  ctx.status = status ?? route.success.status;
  for (const [name, value] of Object.entries(headers)) ctx.set(name, value);
  if (body === undefined) {
    ctx.body = null;
    ctx.status = status ?? route.success.status;
    return;
  }
  ctx.type = 'application/json';
  ctx.body = JSON.stringify(body);
  if (route.method !== 'get') return;
  const next = nextPage(ctx, body);
  if (next !== undefined) ctx.set('Link', `<${next}>; rel="next"`);
  ctx.set('ETag', entityTag(body));
  if (ctx.fresh) ctx.status = 304;
}

async function sendLines(
  deps: DispatchDeps,
  ctx: RouterContext,
  route: ApiRoute,
  { status, headers = {}, lines }: ApiAnswer & { readonly lines: AsyncIterable<unknown> },
): Promise<void> {
  const body =
    ctx.method === 'HEAD'
      ? null
      : await startLines(lines, (error) => {
          const fields = { requestId: requestIdOf(ctx), ...errorFields(error) };
          const problem = asProblem(error);
          if (problem && problem.status < 500) deps.logger.info('API answer broke off', fields);
          else deps.logger.error('API answer broke off', fields);
          return problemDocument(ctx, problem ?? FAILURE);
        });
  ctx.status = status ?? route.success.status;
  for (const [name, value] of Object.entries(headers)) ctx.set(name, value);
  ctx.body = body;
  ctx.status = status ?? route.success.status;
  ctx.type = LINES_TYPE;
}

/** Where a list goes on. @see RFC 8288 §3 */
function nextPage(ctx: RouterContext, body: unknown): string | undefined {
  const cursor = typeof body === 'object' && body && 'next_cursor' in body ? body.next_cursor : undefined;
  if (typeof cursor !== 'string') return undefined;
  const query = new URLSearchParams(ctx.querystring);
  query.set('cursor', cursor);
  return `${ctx.path}?${query.toString()}`;
}

const FAILURE: Problem = {
  status: 500,
  code: 'server_error',
  title: 'Something went wrong',
  detail: 'The request could not be carried out. Tell the operator the request_id.',
  errors: [],
  headers: {},
};

function show(ctx: RouterContext, problem: Problem): void {
  ctx.status = problem.status;
  for (const [name, value] of Object.entries(problem.headers)) ctx.set(name, value);
  ctx.body = JSON.stringify(problemDocument(ctx, problem));
  ctx.type = 'application/problem+json';
}

function problemDocument(ctx: RouterContext, problem: Problem) {
  return {
    type: `urn:latchkey:problem:${problem.code}`,
    title: problem.title,
    status: problem.status,
    detail: problem.detail,
    code: problem.code,
    request_id: requestIdOf(ctx),
    errors: problem.errors,
  };
}

function actorOf({ accountId, clientId }: Caller) {
  if (accountId !== undefined) return { kind: 'user', id: accountId } as const;
  return clientId === '' ? ({ kind: 'anonymous' } as const) : ({ kind: 'client', id: clientId } as const);
}

/** `/users/{id}` → `/users/:id`. @throws {Error} for a path that could be taken for another */
function toRouterPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

function matches(path: string, asked: string): boolean {
  const pattern = path
    .split('/')
    .map((part) => (/^\{\w+\}$/.test(part) ? '[^/]+' : part.replace(/[.:*]/g, '\\$&')))
    .join('/');
  return new RegExp(`^${pattern}$`).test(asked);
}
