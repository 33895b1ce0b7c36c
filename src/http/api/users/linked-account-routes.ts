import { z } from 'zod';
import { linkInformation, listLinks } from '../../../domain/upstream/list-links.js';
import { unlinkIdentity } from '../../../domain/upstream/unlink-identity.js';
import type { ApiDeps } from '../api-deps.js';
import { unlessGone } from '../framework/gone.js';
import { defineRoute, type ApiRoute } from '../framework/route.js';
import { userParams } from './user-schema.js';

const timestamp = z.iso.datetime({ offset: true });
const linkedAccountSchema = z
  .strictObject({
    id: z.string(),
    provider: z.string().describe('The id of the identity provider in the configuration.'),
    provider_name: z.string(),
    issuer: z.string(),
    subject: z.string(),
    email: z.string().optional().describe('As the provider told it when it was linked.'),
    created_at: timestamp,
    last_used_at: timestamp.optional(),
  })
  .meta({ title: 'Linked account' });

/** Links of users with other identity providers. */
export function linkedAccountRoutes(deps: ApiDeps): readonly ApiRoute[] {
  const providers = deps.identityProviders;
  return [
    defineRoute({
      method: 'get',
      path: '/users/{id}/linked-accounts',
      operationId: 'listLinkedAccounts',
      tag: 'users',
      summary: 'List the accounts of other providers by which a user signs in',
      access: ['users:read'],
      params: userParams,
      success: {
        status: 200,
        description: 'The oldest first.',
        schema: z.strictObject({ items: z.array(linkedAccountSchema) }).meta({ title: 'Linked accounts' }),
      },
      refusals: [404],
      async handle({ params }) {
        const links = await listLinks({ ...deps.stores, providers }, params.id);
        return { body: { items: links.map(linkInformation) } };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/users/{id}/linked-accounts/{link_id}',
      operationId: 'deleteLinkedAccount',
      tag: 'users',
      summary: 'Unlink an account of another provider',
      description:
        'All that was issued to the user ends, and they are told by mail. It may be their only way to sign in: hand them a link to set a password then.',
      access: ['users:write'],
      params: userParams.extend({ link_id: z.string().max(100) }),
      success: { status: 204, description: 'It is not linked any more.' },
      async handle({ params, origin, caller }) {
        const scoped = { ...deps, providers, unitOfWork: deps.unitsOfWork.from(origin) };
        const by = { kind: 'administrator', grantor: caller } as const;
        await unlessGone(() => unlinkIdentity(scoped, { id: params.id, link: params.link_id }, by));
        return {};
      },
    }),
  ];
}
