import { z } from 'zod';
import { showAccount } from '../../../domain/accounts/show-account.js';
import { splitScope } from '../../../domain/clients/client-registration.js';
import type { ApiDeps } from '../api-deps.js';
import { jsonValue } from '../framework/json-value.js';
import { defineRoute, type ApiRoute } from '../framework/route.js';
import { findClient } from './client-routes.js';
import { clientParams } from './client-schema.js';
import { previewClaims } from './preview-claims.js';

const claims = z.record(z.string(), jsonValue);

const previewSchema = z
  .strictObject({
    client_id: z.string(),
    user_id: z.uuid(),
    scope: z.string().describe('The scopes that count: those asked for that the client may have.'),
    may_sign_in: z
      .boolean()
      .describe('False when the user is disabled, or not among those whom the client lets in.'),
    id_token: claims.describe('Without times, nonce and the like; a pairwise sub is left out.'),
    userinfo: claims,
  })
  .meta({ title: 'Preview of claims' });

/** What a client would learn of a user. */
export function previewRoutes(deps: ApiDeps): readonly ApiRoute[] {
  return [
    defineRoute({
      method: 'get',
      path: '/clients/{id}/preview',
      operationId: 'previewClientClaims',
      tag: 'clients',
      summary: 'Preview the claims that a client gets of a user',
      access: ['clients:read', 'users:read'],
      params: clientParams,
      query: z.strictObject({
        user_id: z.uuid(),
        scope: z
          .string()
          // What a URL can carry: the server reads 16 KiB of headers in all.
          .max(4096)
          .optional()
          .describe('Separated by spaces. Default: all that the client may have.'),
      }),
      success: { status: 200, description: 'The claims.', schema: previewSchema },
      refusals: [404],
      async handle({ params, query }) {
        const client = await findClient(deps, params.id);
        const account = await showAccount(deps.stores, query.user_id);
        const asked = query.scope === undefined ? undefined : splitScope(query.scope);
        const preview = previewClaims(deps, { client, account, asked });
        return {
          body: {
            client_id: client.clientId,
            user_id: account.id,
            scope: preview.scopes.join(' '),
            may_sign_in: preview.maySignIn,
            id_token: preview.idToken,
            userinfo: preview.userinfo,
          },
        };
      },
    }),
  ];
}
