import { z } from 'zod';
import { IMAGE_TYPES } from '../../../domain/branding/image-type.js';
import { OWN_ACCOUNT_SCOPE, type Permission } from '../../../domain/roles/permission.js';
import { API_PREFIX } from './dispatch.js';
import { LINES_TYPE } from './lines.js';
import type { ApiRoute } from './route.js';

type JsonSchema = Readonly<Record<string, unknown>>;

const PROBLEM = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().describe('Stable: decide by this.'),
    request_id: z.string().describe('Reference for the operator, also in the log.'),
    errors: z.array(z.strictObject({ pointer: z.string(), code: z.string(), detail: z.string() })),
  })
  .meta({ title: 'Problem', description: 'RFC 9457 problem details.' });

const SCOPES: Readonly<Record<Permission | typeof OWN_ACCOUNT_SCOPE, string>> = {
  'users:read': 'See users, roles, groups, sessions and grants.',
  'users:write': 'Change users, roles and groups.',
  'clients:read': 'See clients, scopes and resource servers.',
  'clients:write': 'Change clients and their secrets.',
  'sessions:write': 'End sessions and grants.',
  'events:read': 'Read the audit log.',
  'keys:write': 'See and rotate the signing keys.',
  account: 'See and change one’s own account; everybody may.',
};

const REFUSALS: Readonly<Record<number, string>> = {
  400: 'The path, the query or the form of the body is at fault.',
  401: 'No access token, or one that is not valid for this API.',
  403: 'The token, or the roles of its user, do not allow this.',
  404: 'There is no such resource.',
  409: 'In conflict with what is there.',
  412: 'Changed since the state that If-Match names.',
  413: 'The body is too large.',
  415: 'The body is of another media type.',
  422: 'The content of the body is at fault.',
  429: 'Too many requests.',
  503: 'Too busy, or the database is away; try again.',
};

/**
 * The OpenAPI document of the routes, from the very schemas that check the requests.
 * @param options.issuer where the API stands, and where its tokens come from
 * @see OpenAPI Specification 3.1.1
 */
export function openApiDocument(routes: readonly ApiRoute[], options: { issuer: string; version: string }) {
  const { issuer, version } = options;
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const item = (paths[route.path] ??= {});
    item[route.method] = operation(route);
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Latchkey administration API',
      version,
      description:
        'Users, clients, roles, groups, sessions, grants, keys and events of this provider. Access tokens come from this provider itself, for the resource of this API.',
    },
    servers: [{ url: `${issuer}${API_PREFIX}` }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { Problem: toSchema(PROBLEM, 'output') },
      securitySchemes: {
        oauth2: {
          type: 'oauth2',
          description: `Ask for tokens with resource=${issuer}${API_PREFIX}.`,
          flows: {
            authorizationCode: {
              authorizationUrl: `${issuer}/authorize`,
              tokenUrl: `${issuer}/token`,
              refreshUrl: `${issuer}/token`,
              scopes: SCOPES,
            },
            clientCredentials: { tokenUrl: `${issuer}/token`, scopes: SCOPES },
          },
        },
      },
    },
  };
}

function operation(route: ApiRoute) {
  const { success } = route;
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    security: route.access === 'public' ? [] : [{ oauth2: scopesOf(route) }],
    parameters: [
      ...parametersOf('path', route.params),
      ...parametersOf('query', route.query),
      ...headersOf(route),
    ],
    ...(route.body
      ? {
          requestBody: {
            required: !route.body.safeParse(undefined).success,
            content: { [route.bodyType ?? 'application/json']: { schema: toSchema(route.body, 'input') } },
          },
        }
      : {}),
    ...(route.bodyLine
      ? {
          requestBody: {
            required: true,
            description: 'One JSON object a line.',
            content: { [LINES_TYPE]: { schema: toSchema(route.bodyLine, 'input') } },
          },
        }
      : {}),
    ...(route.bodyImage
      ? {
          requestBody: {
            required: true,
            content: Object.fromEntries(IMAGE_TYPES.map((type) => [type, { schema: {} }])),
          },
        }
      : {}),
    responses: {
      [success.status]: {
        description: success.description,
        ...(success.schema
          ? { content: { 'application/json': { schema: toSchema(success.schema, 'output') } } }
          : {}),
        ...(success.line ? { content: { [LINES_TYPE]: { schema: toSchema(success.line, 'output') } } } : {}),
      },
      ...(route.method === 'get' && !success.line
        ? { 304: { description: 'Unchanged since the state that If-None-Match names.' } }
        : {}),
      ...Object.fromEntries(
        refusalsOf(route).map((status) => [
          status,
          {
            description: REFUSALS[status] ?? '',
            content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
          },
        ]),
      ),
    },
  };
}

function scopesOf({ access }: ApiRoute): readonly string[] {
  if (access === 'public') return [];
  return access === 'own_account' ? [OWN_ACCOUNT_SCOPE] : access;
}

function refusalsOf({
  access,
  body,
  bodyImage,
  bodyLine,
  success,
  method,
  refusals = [],
}: ApiRoute): readonly number[] {
  return [
    ...new Set([
      400,
      ...(access === 'public' ? [] : [401, 403]),
      ...refusals,
      ...(method === 'post' && !success.line ? [409, 422] : []),
      ...(bodyLine ? [415] : []),
      ...(bodyImage ? [413, 415, 422] : []),
      ...(body ? [413, 415, 422] : []),
      429,
      503,
    ]),
  ].sort((a, b) => a - b);
}

function parametersOf(place: 'path' | 'query', schema: ApiRoute['params']): readonly unknown[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = toSchema(schema, 'input') as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...property }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: property,
  }));
}

function headersOf({ method, success, refusals = [] }: ApiRoute): readonly unknown[] {
  const header = (name: string, description: string) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  });
  return [
    ...(method === 'post' && !success.line
      ? [header('Idempotency-Key', 'Carries the request out once, however often it is sent within a day.')]
      : []),
    ...(refusals.includes(412)
      ? [header('If-Match', 'Refuses the change unless the ETag is still this one.')]
      : []),
    ...(method === 'get' && !success.line
      ? [header('If-None-Match', 'Answers 304 while the ETag is still this one.')]
      : []),
  ];
}

function toSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
