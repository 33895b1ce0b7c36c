import { z } from 'zod';
import { showAccount } from '../../../domain/accounts/show-account.js';
import type { Grant } from '../../../domain/grants/grant.js';
import { grantInformation } from '../../../domain/grants/grant.js';
import { listGrants } from '../../../domain/grants/list-grants.js';
import { revokeGrants } from '../../../domain/grants/revoke-grants.js';
import type { ApiDeps } from '../api-deps.js';
import { pageOf, pageQuery } from '../framework/cursor.js';
import { pageAnswer, readPage } from '../framework/list-page.js';
import { defineRoute, type ApiRoute } from '../framework/route.js';
import { unlessGone } from '../framework/gone.js';
import { userParams } from '../users/user-schema.js';
import { grantClientId, grantSchema } from './grant-schema.js';

const TAG = 'grants';

/** What clients may do for people: seeing it and taking it back. */
export function grantRoutes(
  deps: Pick<ApiDeps, 'stores' | 'unitsOfWork' | 'clientDirectory'>,
): readonly ApiRoute[] {
  const { stores, unitsOfWork, clientDirectory } = deps;
  const present = async (grants: readonly Grant[]) => {
    const ids = [...new Set(grants.map(({ clientId }) => clientId))];
    const clients = await Promise.all(ids.map((id) => clientDirectory.find(id)));
    const names = new Map(clients.map((client) => [client?.clientId, client?.name]));
    return grants.map((grant) => grantInformation(grant, names.get(grant.clientId)));
  };
  const list = async (
    { cursor, limit }: { cursor?: string | undefined; limit: number },
    filter: { readonly accountId: string | undefined; readonly clientId?: string | undefined },
  ) => {
    const page = await readPage(cursor, (after) => listGrants(stores, { limit, after, ...filter }));
    return { body: pageAnswer(await present(page.grants), page.next) };
  };

  return [
    defineRoute({
      method: 'get',
      path: '/grants',
      operationId: 'listGrants',
      tag: TAG,
      summary: 'List grants, the newest first',
      access: ['users:read'],
      query: z.strictObject({
        ...pageQuery,
        user_id: z.uuid().optional().describe('Only grants of this user.'),
        client_id: grantClientId.optional().describe('Only grants of this client.'),
      }),
      success: { status: 200, description: 'A page of grants.', schema: pageOf(grantSchema) },
      handle: ({ query }) =>
        list(query, { accountId: query.user_id?.toLowerCase(), clientId: query.client_id }),
    }),
    defineRoute({
      method: 'get',
      path: '/users/{id}/grants',
      operationId: 'listUserGrants',
      tag: TAG,
      summary: 'List what clients may do for a user, the newest first',
      access: ['users:read'],
      params: userParams,
      query: z.strictObject(pageQuery),
      success: { status: 200, description: 'A page of grants.', schema: pageOf(grantSchema) },
      refusals: [404],
      async handle({ params, query }) {
        const { id } = await showAccount(stores, params.id);
        return list(query, { accountId: id });
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/users/{id}/grants/{client_id}',
      operationId: 'revokeUserGrants',
      tag: TAG,
      summary: 'Take back what a client may do for a user',
      description:
        'Forgets the consent and ends all grants, tokens and codes of this user and client. The client has to ask again.',
      access: ['sessions:write'],
      params: userParams.extend({ client_id: grantClientId }),
      success: { status: 204, description: 'The client may do nothing for the user any more.' },
      async handle({ params, origin, caller }) {
        const unitOfWork = unitsOfWork.from(origin);
        await unlessGone(() =>
          revokeGrants({ unitOfWork }, { accountId: params.id, clientId: params.client_id }, caller),
        );
        return {};
      },
    }),
  ];
}
