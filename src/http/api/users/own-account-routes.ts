import { accountInformation } from '../../../domain/accounts/account-information.js';
import { showAccount } from '../../../domain/accounts/show-account.js';
import { updateOwnAccount } from '../../../domain/accounts/update-own-account.js';
import type { ApiDeps } from '../api-deps.js';
import type { Caller } from '../framework/caller.js';
import { requireMatch } from '../framework/entity-tag.js';
import { defineRoute, type ApiRoute } from '../framework/route.js';
import { profileOf } from './profile-of.js';
import { ownUserPatchSchema, userSchema } from './user-schema.js';

const TAG = 'users';

/** One's own account, for every user whose token has the scope `account`. */
export function ownAccountRoutes(
  deps: Pick<ApiDeps, 'stores' | 'unitsOfWork' | 'clock' | 'issuer'>,
): readonly ApiRoute[] {
  return [
    defineRoute({
      method: 'get',
      path: '/users/me',
      operationId: 'getOwnUser',
      tag: TAG,
      summary: 'Get oneself',
      access: 'own_account',
      success: { status: 200, description: 'The user for whom the token was issued.', schema: userSchema },
      async handle({ caller }) {
        return { body: accountInformation(await showAccount(deps.stores, ownId(caller))) };
      },
    }),
    defineRoute({
      method: 'patch',
      path: '/users/me',
      operationId: 'updateOwnUser',
      tag: TAG,
      summary: 'Change oneself',
      description:
        'JSON merge patch of profile and username. Email, verified flags, roles and status are for administrators.',
      access: 'own_account',
      bodyType: 'application/merge-patch+json',
      body: ownUserPatchSchema,
      success: { status: 200, description: 'The user as changed.', schema: userSchema },
      refusals: [409, 412],
      async handle({ caller, body, origin, ifMatch }) {
        const { username, ...claims } = body;
        const account = await updateOwnAccount(
          { ...deps, unitOfWork: deps.unitsOfWork.from(origin) },
          ownId(caller),
          {
            username,
            profile: profileOf(claims),
            expect: (before) => {
              requireMatch(ifMatch, accountInformation(before));
            },
          },
        );
        return { body: accountInformation(account) };
      },
    }),
  ];
}

/** Who has passed `own_account` has an account. */
function ownId({ accountId }: Caller): string {
  if (accountId === undefined) throw new Error('A caller without an account came to one’s own account.');
  return accountId;
}
