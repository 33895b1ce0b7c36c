import { z } from 'zod';
import { credentialInformation, listCredentials } from '../../../domain/accounts/list-credentials.js';
import { removeFactor } from '../../../domain/factors/remove-factor.js';
import type { ApiDeps } from '../api-deps.js';
import { unlessGone } from '../framework/gone.js';
import { defineRoute, type ApiRoute } from '../framework/route.js';
import { credentialsSchema, userParams } from './user-schema.js';

/** By what users sign in, and what they have lost of it. */
export function credentialRoutes(
  deps: Pick<ApiDeps, 'stores' | 'unitsOfWork' | 'clock' | 'issuer'>,
): readonly ApiRoute[] {
  return [
    defineRoute({
      method: 'get',
      path: '/users/{id}/credentials',
      operationId: 'listUserCredentials',
      tag: 'users',
      summary: 'List by what a user can sign in',
      access: ['users:read'],
      params: userParams,
      success: {
        status: 200,
        description: 'Password, second factors and passkeys; never what they are checked against.',
        schema: credentialsSchema,
      },
      refusals: [404],
      async handle({ params }) {
        const credentials = await listCredentials(deps.stores, params.id);
        return { body: { data: credentials.map(credentialInformation) } };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/users/{id}/credentials/{credential_id}',
      operationId: 'deleteUserCredential',
      tag: 'users',
      summary: 'Remove a second factor or a passkey that a user has lost',
      description:
        'All that was issued to the user ends, and they are told by mail. Recovery codes end with the last second factor.',
      access: ['users:write'],
      params: userParams.extend({
        credential_id: z
          .union([z.literal('totp'), z.uuid()])
          .describe('As the list of credentials tells it.'),
      }),
      success: { status: 204, description: 'It is not there any more.' },
      refusals: [404],
      async handle({ params, origin, caller }) {
        const scoped = { ...deps, unitOfWork: deps.unitsOfWork.from(origin) };
        const input = { accountId: params.id, credentialId: params.credential_id, grantor: caller };
        await unlessGone(() => removeFactor(scoped, input));
        return {};
      },
    }),
  ];
}
