import { z } from 'zod';
import { invite } from '../../../domain/invitations/invite.js';
import type { Invitation } from '../../../domain/invitations/invitation.js';
import { listInvitations } from '../../../domain/invitations/list-invitations.js';
import { revokeInvitation } from '../../../domain/invitations/revoke-invitation.js';
import type { ApiDeps } from '../api-deps.js';
import { pageOf, pageQuery } from '../framework/cursor.js';
import { pageAnswer, readPage } from '../framework/list-page.js';
import { defineRoute, type ApiRoute } from '../framework/route.js';

const TAG = 'invitations';

const invitationSchema = z
  .strictObject({
    id: z.uuid(),
    email: z.string(),
    given_name: z.string().optional(),
    family_name: z.string().optional(),
    locale: z.string().optional(),
    roles: z.array(z.string()),
    client_id: z.string().optional(),
    created_at: z.iso.datetime({ offset: true }),
    expires_at: z.iso.datetime({ offset: true }),
  })
  .meta({ title: 'Invitation' });

const newInvitationSchema = z
  .strictObject({
    email: z.string().max(254),
    given_name: z.string().max(2048).optional(),
    family_name: z.string().max(2048).optional(),
    locale: z.string().max(2048).optional().describe('Language of the mail and of the account, BCP 47.'),
    roles: z.array(z.string().max(64)).max(100).optional(),
    client_id: z.string().max(255).optional().describe('The client that the person is invited to.'),
  })
  .meta({ title: 'New invitation' });

/** Invitations, by which people create an account that gets roles. */
export function invitationRoutes(deps: ApiDeps): readonly ApiRoute[] {
  return [
    defineRoute({
      method: 'post',
      path: '/invitations',
      operationId: 'createInvitation',
      tag: TAG,
      summary: 'Invite somebody by mail',
      description:
        'The mail has a link that works once, for 7 days. An earlier invitation to the same address ends. Needs sign_up.mode to be invitation or open.',
      access: ['users:write'],
      body: newInvitationSchema,
      success: { status: 201, description: 'The invitation.', schema: invitationSchema },
      refusals: [409],
      async handle({ body, origin, caller }) {
        const invitation = await invite(
          { ...deps, accounts: deps.stores.accounts, unitOfWork: deps.unitsOfWork.from(origin) },
          {
            email: body.email,
            givenName: body.given_name,
            familyName: body.family_name,
            locale: body.locale,
            roles: body.roles,
            clientId: body.client_id,
            grantor: caller,
          },
        );
        return { body: presentInvitation(invitation) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/invitations',
      operationId: 'listInvitations',
      tag: TAG,
      summary: 'List invitations that wait',
      access: ['users:read'],
      query: z.strictObject(pageQuery),
      success: { status: 200, description: 'A page of invitations.', schema: pageOf(invitationSchema) },
      async handle({ query }) {
        const page = await readPage(query.cursor, (after) =>
          listInvitations({ ...deps.stores, clock: deps.clock }, { limit: query.limit, after }),
        );
        return { body: pageAnswer(page.invitations.map(presentInvitation), page.next) };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/invitations/{id}',
      operationId: 'revokeInvitation',
      tag: TAG,
      summary: 'Take an invitation back',
      access: ['users:write'],
      params: z.strictObject({ id: z.uuid() }),
      success: { status: 204, description: 'Its link works no more.' },
      refusals: [404],
      async handle({ params, origin }) {
        await revokeInvitation({ clock: deps.clock, unitOfWork: deps.unitsOfWork.from(origin) }, params.id);
        return {};
      },
    }),
  ];
}

/** An invitation as the API and the command line tell of it; never its link. */
export function presentInvitation({ id, content, createdAt, expiresAt }: Invitation) {
  const { email, givenName, familyName, locale, roles, clientId } = content;
  return {
    id,
    email,
    ...(givenName === undefined ? {} : { given_name: givenName }),
    ...(familyName === undefined ? {} : { family_name: familyName }),
    ...(locale === undefined ? {} : { locale }),
    roles,
    ...(clientId === undefined ? {} : { client_id: clientId }),
    created_at: createdAt.toISOString(),
    expires_at: expiresAt.toISOString(),
  };
}
