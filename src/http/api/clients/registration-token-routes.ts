import { z } from 'zod';
import { createInitialAccessToken } from '../../../domain/client-registration/create-initial-access-token.js';
import { presentInitialAccessToken } from '../../../domain/client-registration/initial-access-token.js';
import { listInitialAccessTokens } from '../../../domain/client-registration/list-initial-access-tokens.js';
import { revokeInitialAccessToken } from '../../../domain/client-registration/revoke-initial-access-token.js';
import { splitScope } from '../../../domain/clients/client-registration.js';
import type { ApiDeps } from '../api-deps.js';
import { pageOf, pageQuery } from '../framework/cursor.js';
import { pageAnswer, readPage } from '../framework/list-page.js';
import { unlessGone } from '../framework/gone.js';
import { defineRoute, type ApiRoute } from '../framework/route.js';

const TAG = 'clients';
const timestamp = z.iso.datetime({ offset: true });
const texts = z.array(z.string().max(2048)).max(100);

const policySchema = z
  .strictObject({
    redirect_hosts: texts
      .optional()
      .describe(
        'Hosts of redirect URIs: `app.example.org`, `*.example.org`, or a scheme `com.example.app:`.',
      ),
    scope: z.string().max(16_384).optional().describe('Scopes that clients may have, separated by spaces.'),
    resources: texts.optional().describe('Identifiers of the resource servers that clients get.'),
    grant_types: texts.optional(),
  })
  .describe('What is absent is as the configuration says when a client registers.');

const tokenSchema = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    initial_access_token: z
      .string()
      .optional()
      .describe('Told once, when it is made; a replay by Idempotency-Key lacks it.'),
    max_uses: z.int(),
    uses: z.int(),
    policy: policySchema,
    created_at: timestamp,
    expires_at: timestamp,
    last_used_at: timestamp.nullable(),
  })
  .meta({ title: 'Initial access token' });

const newTokenSchema = z
  .strictObject({
    name: z.string().max(200).describe('Who it is for.'),
    max_uses: z.int().min(1).max(10_000).optional().describe('Clients that may register by it. Default: 1.'),
    expires_in_seconds: z.int().min(60).max(31_622_400).optional().describe('Default: 7 days.'),
    policy: policySchema.optional(),
  })
  .meta({ title: 'New initial access token' });

/** Tokens by which applications register themselves. @see RFC 7591 §3 */
export function registrationTokenRoutes(deps: ApiDeps): readonly ApiRoute[] {
  return [
    defineRoute({
      method: 'post',
      path: '/registration-tokens',
      operationId: 'createRegistrationToken',
      tag: TAG,
      summary: 'Make an initial access token',
      description: 'Applications register themselves by it (RFC 7591), while client_registration.mode is on.',
      access: ['clients:write'],
      body: newTokenSchema,
      success: { status: 201, description: 'The token, told once.', schema: tokenSchema },
      async handle({ body, origin, caller }) {
        const { token, text } = await createInitialAccessToken(
          { ...deps, ...deps.clientRules, unitOfWork: deps.unitsOfWork.from(origin) },
          {
            name: body.name,
            maxUses: body.max_uses,
            expiresInSeconds: body.expires_in_seconds,
            policy: {
              redirectHosts: body.policy?.redirect_hosts,
              scopes: body.policy?.scope === undefined ? undefined : splitScope(body.policy.scope),
              resources: body.policy?.resources,
              grantTypes: body.policy?.grant_types,
            },
            grantor: caller,
          },
        );
        return { body: presentInitialAccessToken(token, text), secrets: ['initial_access_token'] };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/registration-tokens',
      operationId: 'listRegistrationTokens',
      tag: TAG,
      summary: 'List initial access tokens',
      description: 'Those that are used up, or expired within the last 30 days, too.',
      access: ['clients:read'],
      query: z.strictObject(pageQuery),
      success: { status: 200, description: 'A page of tokens.', schema: pageOf(tokenSchema) },
      async handle({ query }) {
        const page = await readPage(query.cursor, (after) =>
          listInitialAccessTokens(deps.stores, { limit: query.limit, after }),
        );
        return {
          body: pageAnswer(
            page.tokens.map((token) => presentInitialAccessToken(token)),
            page.next,
          ),
        };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/registration-tokens/{id}',
      operationId: 'revokeRegistrationToken',
      tag: TAG,
      summary: 'Revoke an initial access token',
      description: 'Clients that registered by it stay.',
      access: ['clients:write'],
      params: z.strictObject({ id: z.uuid() }),
      success: { status: 204, description: 'Nothing registers by it any more.' },
      async handle({ params, origin }) {
        const unitOfWork = deps.unitsOfWork.from(origin);
        await unlessGone(() => revokeInitialAccessToken({ unitOfWork }, params.id));
        return {};
      },
    }),
  ];
}
