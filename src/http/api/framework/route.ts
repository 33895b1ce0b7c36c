import type { z } from 'zod';
import type { AuditOrigin } from '../../../domain/audit/audit-event.js';
import type { Access, Caller } from './caller.js';

export type Method = 'get' | 'post' | 'patch' | 'put' | 'delete';

/** A request whose parts have been checked against the route's schemas. */
export interface ApiRequest<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly caller: Caller;
  readonly origin: AuditOrigin;
  /** The header `If-Match` as it came. @see RFC 9110 §13.1.1 */
  readonly ifMatch: string | undefined;
  /** The body of a route that takes lines, as it comes in; the handler reads it. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** An answer before it becomes HTTP. */
export interface ApiAnswer {
  /** Default: the route's. */
  readonly status?: number;
  /** JSON; absent with 204. */
  readonly body?: unknown;
  /** Values that are sent one a line, as they come, where the route answers lines: in place of `body`. */
  readonly lines?: AsyncIterable<unknown>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Members of `body` that are told once and never kept for a replay. */
  readonly secrets?: readonly string[];
}

interface RouteDescription {
  readonly method: Method;
  /** Below `/api/v1`, with parameters in braces, for instance `/users/{id}`. */
  readonly path: string;
  /** Unique; names the operation in generated clients. */
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly access: Access;
  /** Media type of the request's body. Default: `application/json`. */
  readonly bodyType?: 'application/json' | 'application/merge-patch+json';
  /** One line of the body of a route that takes lines, in place of `body`; for the document only. */
  readonly bodyLine?: z.ZodType;
  /** The body is an image, in place of `body`; the handler reads it from `bytes`. */
  readonly bodyImage?: boolean;
  readonly success: {
    readonly status: 200 | 201 | 202 | 204;
    readonly description: string;
    readonly schema?: z.ZodType;
    /** One line of an answer in lines, in place of `schema`. */
    readonly line?: z.ZodType;
  };
  /** Statuses of refusals beyond those that every route has. */
  readonly refusals?: readonly (404 | 409 | 412)[];
}

export interface RouteDefinition<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
> extends RouteDescription {
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly handle: (
    request: ApiRequest<z.output<Params>, z.output<Query>, z.output<Body>>,
  ) => Promise<ApiAnswer>;
}

/** A route with its types forgotten: what the dispatcher and the document work on. */
export interface ApiRoute extends RouteDescription {
  readonly params: z.ZodType | undefined;
  readonly query: z.ZodType | undefined;
  readonly body: z.ZodType | undefined;
  /** Takes parts that its own schemas have checked. */
  readonly handle: (request: ApiRequest<unknown, unknown, unknown>) => Promise<ApiAnswer>;
}

/**
 * Declares a route: what it takes, what it answers, who may call it, and what it does. The same declaration checks the
 * request, types the handler and documents the operation.
 */
export function defineRoute<
  Params extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
>(definition: RouteDefinition<Params, Query, Body>): ApiRoute {
  const { params, query, body, handle } = definition;
  return {
    ...definition,
    params,
    query,
    body,
    handle: (request) =>
      handle({
        ...request,
        // The dispatcher has parsed these parts with the schemas of this very definition.
        params: request.params as z.output<Params>,
        query: request.query as z.output<Query>,
        body: request.body as z.output<Body>,
      }),
  };
}
