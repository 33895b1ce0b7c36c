import { cancelAccountDeletion } from '../../../domain/account-deletion/cancel-account-deletion.js';
import { accountInformation } from '../../../domain/accounts/account-information.js';
import type { ApiDeps } from '../api-deps.js';
import { requireMatch } from '../framework/entity-tag.js';
import { defineRoute, type ApiRoute } from '../framework/route.js';
import { userParams, userSchema } from './user-schema.js';

/** Deletions that users have asked for themselves. */
export function userDeletionRoutes(
  deps: Pick<ApiDeps, 'unitsOfWork' | 'clock' | 'issuer'>,
): readonly ApiRoute[] {
  return [
    defineRoute({
      method: 'delete',
      path: '/users/{id}/deletion',
      operationId: 'cancelUserDeletion',
      tag: 'users',
      summary: 'Keep a user who waits for their deletion',
      description: 'Takes back the deletion that the user has asked for; `deletion_due_at` becomes null.',
      access: ['users:write'],
      params: userParams,
      success: { status: 200, description: 'The user, who is kept.', schema: userSchema },
      refusals: [404, 412],
      async handle({ params, origin, ifMatch, caller }) {
        const scoped = { ...deps, unitOfWork: deps.unitsOfWork.from(origin) };
        const account = await cancelAccountDeletion(scoped, params.id, caller, (before) => {
          requireMatch(ifMatch, accountInformation(before));
        });
        return { body: accountInformation(account) };
      },
    }),
  ];
}
