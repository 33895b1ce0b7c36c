import { z } from 'zod';
import { issueAccountLink } from '../../../domain/account-links/issue-account-link.js';
import { sendAccountLink, type SentAccountLink } from '../../../domain/account-links/send-account-link.js';
import { issueSignInLink } from '../../../domain/account-links/issue-sign-in-link.js';
import type { ApiDeps } from '../api-deps.js';
import { defineRoute, type ApiRoute } from '../framework/route.js';
import { userParams } from './user-schema.js';

const linkSchema = z
  .strictObject({
    url: z.url().optional().describe('Told once; a replay by Idempotency-Key lacks it.'),
    expires_at: z.iso.datetime({ offset: true }),
    sent: z.boolean().describe('Whether the link was mailed to the user; it is not told then.'),
  })
  .meta({ title: 'Link for a user' });

const send = z
  .boolean()
  .optional()
  .describe(
    'true: mails the link to the address of the user, in the language of the user, and does not tell it.',
  );

const linkBody = z.strictObject({ send }).optional().meta({ title: 'New link for a user' });

const signInLinkBody = z
  .strictObject({
    client_id: z
      .string()
      .max(255)
      .optional()
      .describe('The client to go on to; absent: whichever the user opens.'),
    send,
  })
  .optional()
  .meta({ title: 'New sign-in link' });

/** Links that administrators hand over to the owner of an account. */
export function userLinkRoutes(deps: ApiDeps): readonly ApiRoute[] {
  const linkRoute = (
    purpose: 'password_reset' | 'email_verification',
    route: Pick<ApiRoute, 'path' | 'operationId' | 'summary'> & { readonly description: string },
  ): ApiRoute =>
    defineRoute({
      ...route,
      method: 'post',
      tag: 'users',
      access: ['users:write'],
      params: userParams,
      body: linkBody,
      success: { status: 201, description: 'The link.', schema: linkSchema },
      refusals: [404, 409],
      async handle({ params, body, origin, caller }) {
        const scoped = { ...deps, unitOfWork: deps.unitsOfWork.from(origin) };
        if (body?.send === true) {
          return sentAnswer(await sendAccountLink(scoped, purpose, params.id, { grantor: caller }));
        }
        const { url, expiresAt } = await issueAccountLink(scoped, purpose, params.id, caller);
        return { body: { url, expires_at: expiresAt.toISOString(), sent: false }, secrets: ['url'] };
      },
    });

  return [
    linkRoute('password_reset', {
      path: '/users/{id}/password-reset',
      operationId: 'createPasswordResetLink',
      summary: 'Make a link by which a user chooses a new password',
      description:
        'It works once, for 30 minutes, and ends the link before it. Hand it to the owner of the account: whoever has it can set the password. Setting it ends all that was issued to the user.',
    }),
    linkRoute('email_verification', {
      path: '/users/{id}/email-verification',
      operationId: 'createEmailVerificationLink',
      summary: 'Make a link by which a user verifies the email address',
      description:
        'It works once, for 24 hours, and ends the link before it. Send it to that very address and nowhere else: whoever follows it proves that they read mail there.',
    }),
    defineRoute({
      method: 'post',
      path: '/users/{id}/sign-in-links',
      operationId: 'createSignInLink',
      tag: 'users',
      summary: 'Make a link by which a user signs in once without a password',
      description:
        'It works once, for 15 minutes, and ends the link before it. Hand it to the owner of the account: whoever has it can sign in as them. Where the client has an initiate_login_uri, the page of the link leads there.',
      access: ['users:write'],
      params: userParams,
      body: signInLinkBody,
      success: { status: 201, description: 'The link.', schema: linkSchema },
      refusals: [404, 409],
      async handle({ params, body, origin, caller }) {
        const scoped = { ...deps, unitOfWork: deps.unitsOfWork.from(origin) };
        if (body?.send === true) {
          const options = { clientId: body.client_id, grantor: caller };
          return sentAnswer(await sendAccountLink(scoped, 'sign_in', params.id, options));
        }
        const { url, expiresAt } = await issueSignInLink(scoped, params.id, {
          clientId: body?.client_id,
          grantor: caller,
        });
        return { body: { url, expires_at: expiresAt.toISOString(), sent: false }, secrets: ['url'] };
      },
    }),
  ];
}

function sentAnswer({ expiresAt }: SentAccountLink) {
  return { body: { expires_at: expiresAt.toISOString(), sent: true } };
}
