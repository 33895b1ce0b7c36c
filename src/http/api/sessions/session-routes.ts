import { z } from 'zod';
import { showAccount } from '../../../domain/accounts/show-account.js';
import type { AuditOrigin } from '../../../domain/audit/audit-event.js';
import { endSession } from '../../../domain/sessions/end-session.js';
import { listSessions } from '../../../domain/sessions/list-sessions.js';
import { sessionInformation } from '../../../domain/sessions/session.js';
import { signOutEverywhere } from '../../../domain/sessions/sign-out-everywhere.js';
import type { ApiDeps } from '../api-deps.js';
import type { Caller } from '../framework/caller.js';
import { pageOf, pageQuery } from '../framework/cursor.js';
import { unlessGone } from '../framework/gone.js';
import { pageAnswer, readPage } from '../framework/list-page.js';
import { defineRoute, type ApiRoute } from '../framework/route.js';
import { userParams } from '../users/user-schema.js';
import { sessionId, sessionSchema } from './session-schema.js';

const TAG = 'sessions';

/** Sessions of people at this provider: seeing and ending them. */
export function sessionRoutes(
  deps: Pick<ApiDeps, 'stores' | 'unitsOfWork' | 'clock' | 'issuer'>,
): readonly ApiRoute[] {
  const { stores, unitsOfWork } = deps;
  const list = async (
    { cursor, limit }: { cursor?: string | undefined; limit: number },
    accountId: string | undefined,
  ) => {
    const page = await readPage(cursor, (after) => listSessions(stores, { limit, after, accountId }));
    return { body: pageAnswer(page.sessions.map(sessionInformation), page.next) };
  };
  const end = async (
    { origin, caller }: { origin: AuditOrigin; caller: Caller },
    session: { sessionId: string; accountId?: string },
  ) => {
    await unlessGone(() => endSession({ unitOfWork: unitsOfWork.from(origin) }, session, caller));
    return {};
  };

  return [
    defineRoute({
      method: 'get',
      path: '/sessions',
      operationId: 'listSessions',
      tag: TAG,
      summary: 'List sessions, the newest first',
      access: ['users:read'],
      query: z.strictObject({
        ...pageQuery,
        user_id: z.uuid().optional().describe('Only sessions of this user.'),
      }),
      success: { status: 200, description: 'A page of sessions.', schema: pageOf(sessionSchema) },
      handle: ({ query }) => list(query, query.user_id?.toLowerCase()),
    }),
    defineRoute({
      method: 'delete',
      path: '/sessions/{id}',
      operationId: 'endSession',
      tag: TAG,
      summary: 'End a session',
      description: 'As a logout does: what was issued without offline_access ends with it.',
      access: ['sessions:write'],
      params: z.strictObject({ id: sessionId }),
      success: { status: 204, description: 'There is no such session any more.' },
      handle: ({ params, origin, caller }) => end({ origin, caller }, { sessionId: params.id }),
    }),
    defineRoute({
      method: 'get',
      path: '/users/{id}/sessions',
      operationId: 'listUserSessions',
      tag: TAG,
      summary: 'List the sessions of a user, the newest first',
      access: ['users:read'],
      params: userParams,
      query: z.strictObject(pageQuery),
      success: { status: 200, description: 'A page of sessions.', schema: pageOf(sessionSchema) },
      refusals: [404],
      async handle({ params, query }) {
        const { id } = await showAccount(stores, params.id);
        return list(query, id);
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/users/{id}/sessions',
      operationId: 'signOutUserEverywhere',
      tag: TAG,
      summary: 'Sign a user out everywhere',
      description:
        'Ends all sessions, grants, tokens and codes of the user at once, with offline_access too. The user can sign in again.',
      access: ['sessions:write'],
      params: userParams,
      success: { status: 204, description: 'Nothing that was issued to the user is valid any more.' },
      refusals: [404],
      async handle({ params, origin, caller }) {
        await signOutEverywhere({ ...deps, unitOfWork: unitsOfWork.from(origin) }, params.id, caller);
        return {};
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/users/{id}/sessions/{session_id}',
      operationId: 'endUserSession',
      tag: TAG,
      summary: 'End a session of a user',
      access: ['sessions:write'],
      params: userParams.extend({ session_id: sessionId }),
      success: { status: 204, description: 'The user has no such session any more.' },
      handle: ({ params, origin, caller }) =>
        end({ origin, caller }, { sessionId: params.session_id, accountId: params.id.toLowerCase() }),
    }),
  ];
}
