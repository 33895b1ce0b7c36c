import { z } from 'zod';
import { STANDARD_SCOPE_CLAIMS } from '../../../domain/accounts/account-claims.js';
import { API_SCOPES, apiResourceIdentifier } from '../../../domain/resources/api-resource.js';
import type { Resource } from '../../../domain/resources/resource.js';
import { SIGNING_ALGORITHMS } from '../../../domain/signing-keys/signing-key.js';
import type { ApiDeps } from '../api-deps.js';
import { pageOf, pageQuery } from '../framework/cursor.js';
import { pageWithin } from '../framework/page-within.js';
import { defineRoute, type ApiRoute } from '../framework/route.js';

const SOURCES = ['built_in', 'configuration'] as const;

const scopeSchema = z
  .strictObject({
    name: z.string(),
    description: z.string().nullable().describe('What people read; null for those that the pages translate.'),
    claims: z.array(z.string()),
    source: z.enum(SOURCES),
  })
  .meta({ title: 'Scope' });

const resourceSchema = z
  .strictObject({
    identifier: z.string().describe('What clients send as resource and tokens carry as aud.'),
    name: z.string(),
    scopes: z.array(z.string()),
    access_token_format: z.enum(['jwt', 'opaque']),
    access_token_lifetime: z.int().describe('Seconds.'),
    signing_algorithm: z.enum(SIGNING_ALGORITHMS).nullable().describe('Of JWT access tokens.'),
    introspection_clients: z.array(z.string()).describe('Clients that may introspect its tokens.'),
    source: z.enum(SOURCES),
  })
  .meta({ title: 'Resource server' });

/** What clients may ask for: scopes and resource servers. They are declared, so they are only read here. */
export function catalogRoutes(deps: ApiDeps): readonly ApiRoute[] {
  const query = z.strictObject(pageQuery);
  return [
    defineRoute({
      method: 'get',
      path: '/scopes',
      operationId: 'listScopes',
      tag: 'scopes',
      summary: 'List scopes',
      description: 'The standard ones, those of this API, and those of the configuration file.',
      access: ['clients:read'],
      query,
      success: { status: 200, description: 'A page of scopes.', schema: pageOf(scopeSchema) },
      handle: ({ query: asked }) =>
        Promise.resolve({ body: pageWithin(scopesOf(deps), ({ name }) => name, asked) }),
    }),
    defineRoute({
      method: 'get',
      path: '/resources',
      operationId: 'listResources',
      tag: 'resources',
      summary: 'List resource servers',
      description: 'This API itself, and those of the configuration file.',
      access: ['clients:read'],
      query,
      success: { status: 200, description: 'A page of resource servers.', schema: pageOf(resourceSchema) },
      handle: ({ query: asked }) => {
        const resources = deps.resources.map((resource) => presentResource(resource, deps.issuer));
        return Promise.resolve({ body: pageWithin(resources, ({ identifier }) => identifier, asked) });
      },
    }),
  ];
}

function scopesOf({ scopes }: Pick<ApiDeps, 'scopes'>) {
  const own = Object.entries<readonly string[]>({
    ...Object.fromEntries(API_SCOPES.map((name) => [name, []])),
    offline_access: [],
    ...STANDARD_SCOPE_CLAIMS,
  });
  const byName = new Map(
    own.map(([name, claims]) => [
      name,
      { name, description: null as string | null, claims, source: 'built_in' },
    ]),
  );
  for (const { name, description, claims } of scopes) {
    byName.set(name, { name, description, claims, source: 'configuration' });
  }
  return [...byName.values()];
}

function presentResource(resource: Resource, issuer: string) {
  return {
    identifier: resource.identifier,
    name: resource.name,
    scopes: resource.scopes,
    access_token_format: resource.accessTokenFormat,
    access_token_lifetime: resource.accessTokenLifetime,
    signing_algorithm: resource.accessTokenFormat === 'jwt' ? resource.signingAlgorithm : null,
    introspection_clients: resource.introspectionClients,
    source: resource.identifier === apiResourceIdentifier(issuer) ? 'built_in' : 'configuration',
  };
}
