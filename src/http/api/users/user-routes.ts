import { z } from 'zod';
import type { Account } from '../../../domain/accounts/account.js';
import { accountInformation } from '../../../domain/accounts/account-information.js';
import { changePassword } from '../../../domain/accounts/change-password.js';
import { createAccount } from '../../../domain/accounts/create-account.js';
import { deleteAccount } from '../../../domain/accounts/delete-account.js';
import { countAccounts, listAccounts } from '../../../domain/accounts/list-accounts.js';
import { showAccount } from '../../../domain/accounts/show-account.js';
import { updateAccount } from '../../../domain/accounts/update-account.js';
import type { ApiDeps } from '../api-deps.js';
import { pageOf, pageQuery } from '../framework/cursor.js';
import { requireMatch } from '../framework/entity-tag.js';
import { pageAnswer, readPage } from '../framework/list-page.js';
import { defineRoute, type ApiRoute } from '../framework/route.js';
import { unlessGone } from '../framework/gone.js';
import { profileOf } from './profile-of.js';
import { newUserSchema, userParams, userPatchSchema, userSchema } from './user-schema.js';

const TAG = 'users';

const totalSchema = z
  .strictObject({
    count: z.int().min(0),
    is_capped: z
      .boolean()
      .describe('Whether there may be more: counting ends at 10,000, of a search earlier.'),
  })
  .meta({ title: 'Total' });

/** Users, as administrators run them. */
export function userRoutes(deps: ApiDeps): readonly ApiRoute[] {
  const { accounts } = deps.stores;

  return [
    defineRoute({
      method: 'get',
      path: '/users',
      operationId: 'listUsers',
      tag: TAG,
      summary: 'List users',
      description:
        'In the order of creation. A page of a search (`q`) may be short, even empty, and go on: only `next_cursor: null` says that there are no more.',
      access: ['users:read'],
      query: z.strictObject({
        ...pageQuery,
        q: z
          .string()
          .max(200)
          .optional()
          .describe(
            'Text within email, username or name; one or two letters: with which one of them begins.',
          ),
        email: z.string().max(254).optional().describe('Exactly this email, whatever its case.'),
        username: z.string().max(256).optional().describe('Exactly this username, whatever its case.'),
        disabled: z.enum(['true', 'false']).optional(),
        created_after: z.iso.datetime({ offset: true }).optional(),
        sort: z.enum(['created_at', '-created_at']).default('created_at'),
        include: z.literal('total').optional().describe('Also how many users there are: `total`.'),
      }),
      success: {
        status: 200,
        description: 'A page of users.',
        schema: pageOf(userSchema).extend({ total: totalSchema.optional() }),
      },
      async handle({ query }) {
        const filter = {
          search: query.q,
          email: query.email,
          username: query.username,
          disabled: query.disabled === undefined ? undefined : query.disabled === 'true',
          createdAfter: query.created_after === undefined ? undefined : new Date(query.created_after),
        };
        const page = await readPage(query.cursor, (after) =>
          listAccounts(deps.stores, {
            ...filter,
            limit: query.limit,
            after,
            newestFirst: query.sort === '-created_at',
          }),
        );
        const answer = pageAnswer(page.accounts.map(accountInformation), page.next);
        if (query.include === undefined) return { body: answer };
        const { count, isCapped } = await countAccounts(deps.stores, filter);
        return { body: { ...answer, total: { count, is_capped: isCapped } } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/users',
      operationId: 'createUser',
      tag: TAG,
      summary: 'Create a user',
      access: ['users:write'],
      body: newUserSchema,
      success: { status: 201, description: 'The user, at Location.', schema: userSchema },
      refusals: [409],
      async handle({ body, origin, caller }) {
        const { email, email_verified, username, password, password_temporary, roles, ...claims } = body;
        const account = await createAccount(
          { ...deps, unitOfWork: deps.unitsOfWork.from(origin) },
          {
            email,
            emailVerified: email_verified,
            username,
            password,
            passwordTemporary: password_temporary,
            roles,
            profile: profileOf(claims),
            grantor: caller,
          },
        );
        return {
          body: accountInformation(account),
          headers: { Location: `${deps.issuer}/api/v1/users/${account.id}` },
        };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/users/{id}',
      operationId: 'getUser',
      tag: TAG,
      summary: 'Get a user',
      access: ['users:read'],
      params: userParams,
      success: { status: 200, description: 'The user.', schema: userSchema },
      refusals: [404],
      async handle({ params }) {
        return { body: accountInformation(await showAccount({ accounts }, params.id)) };
      },
    }),
    defineRoute({
      method: 'patch',
      path: '/users/{id}',
      operationId: 'updateUser',
      tag: TAG,
      summary: 'Change a user',
      description:
        'JSON merge patch: null takes a member away. Disabling ends all sessions, grants, tokens and codes at once.',
      access: ['users:write'],
      bodyType: 'application/merge-patch+json',
      params: userParams,
      body: userPatchSchema,
      success: { status: 200, description: 'The user as changed.', schema: userSchema },
      refusals: [404, 409, 412],
      async handle({ params, body, origin, ifMatch, caller }) {
        const { email, email_verified, username, roles, disabled, ...claims } = body;
        const scoped = { ...deps, unitOfWork: deps.unitsOfWork.from(origin) };
        const account = await updateAccount(scoped, params.id, {
          email,
          emailVerified: email_verified,
          username,
          roles,
          disabled,
          profile: profileOf(claims),
          grantor: caller,
          expect: (before) => {
            requireMatch(ifMatch, accountInformation(before));
          },
        });
        return { body: accountInformation(account) };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/users/{id}',
      operationId: 'deleteUser',
      tag: TAG,
      summary: 'Delete a user',
      access: ['users:write'],
      params: userParams,
      success: { status: 204, description: 'There is no such user any more.' },
      refusals: [409, 412],
      async handle({ params, origin, ifMatch, caller }) {
        const unitOfWork = deps.unitsOfWork.from(origin);
        const expect = (before: Account): void => {
          requireMatch(ifMatch, accountInformation(before));
        };
        await unlessGone(() => deleteAccount({ unitOfWork }, params.id, expect, caller));
        return {};
      },
    }),
    defineRoute({
      method: 'put',
      path: '/users/{id}/password',
      operationId: 'setUserPassword',
      tag: TAG,
      summary: 'Set the password of a user',
      description:
        'Ends all that was issued to the user. Unless `temporary` is false, they choose another one at the next sign-in by it.',
      access: ['users:write'],
      params: userParams,
      body: z
        .strictObject({ password: z.string().max(4096), temporary: z.boolean().default(true) })
        .meta({ title: 'New password' }),
      success: { status: 204, description: 'The password is set.' },
      refusals: [404],
      async handle({ params, body, origin, caller }) {
        const scoped = { ...deps, accounts, unitOfWork: deps.unitsOfWork.from(origin) };
        await changePassword(scoped, params.id, body.password, caller, body.temporary);
        return {};
      },
    }),
  ];
}
