import { z } from 'zod';
import type { AuditOrigin } from '../../../domain/audit/audit-event.js';
import { addGroupMember, removeGroupMember } from '../../../domain/groups/group-membership.js';
import { listGroupMembers, showGroup } from '../../../domain/groups/list-groups.js';
import { updateGroup } from '../../../domain/groups/update-group.js';
import { showRole } from '../../../domain/roles/list-roles.js';
import type { ApiDeps } from '../api-deps.js';
import type { Caller } from '../framework/caller.js';
import { pageOf, pageQuery } from '../framework/cursor.js';
import { entityTag, requireMatch } from '../framework/entity-tag.js';
import { unlessGone } from '../framework/gone.js';
import { pageAnswer, readPage } from '../framework/list-page.js';
import { defineRoute, type ApiRoute } from '../framework/route.js';
import { memberSchema, presentGroup, presentMember } from './group-schema.js';

const TAG = 'groups';
const memberParams = z.strictObject({ id: z.uuid(), user_id: z.uuid() });
const roleParams = z.strictObject({ id: z.uuid(), role: z.string().max(200) });

/** Who belongs to a group, and which roles it gives, one by one. */
export function groupContentRoutes(deps: ApiDeps): readonly ApiRoute[] {
  const scopedTo = (origin: AuditOrigin) => ({
    clock: deps.clock,
    unitOfWork: deps.unitsOfWork.from(origin),
  });
  const changeRoles = async (
    { id, caller, origin }: { readonly id: string; readonly caller: Caller; readonly origin: AuditOrigin },
    change: (roles: readonly string[]) => readonly string[],
  ): Promise<void> => {
    const group = await showGroup(deps.stores, id);
    // Between reading and changing it may have changed: then the caller has to look again.
    await updateGroup(scopedTo(origin), caller, id, { roles: change(group.roles) }, (before) => {
      requireMatch(entityTag(presentGroup(group)), presentGroup(before));
    });
  };

  return [
    defineRoute({
      method: 'get',
      path: '/groups/{id}/members',
      operationId: 'listGroupMembers',
      tag: TAG,
      summary: 'List the members of a group',
      access: ['users:read'],
      params: z.strictObject({ id: z.uuid() }),
      query: z.strictObject(pageQuery),
      success: { status: 200, description: 'A page of members.', schema: pageOf(memberSchema) },
      refusals: [404],
      async handle({ params, query }) {
        const page = await readPage(query.cursor, (after) =>
          listGroupMembers(deps.stores, params.id, { limit: query.limit, after }),
        );
        return { body: pageAnswer(page.members.map(presentMember), page.next) };
      },
    }),
    defineRoute({
      method: 'put',
      path: '/groups/{id}/members/{user_id}',
      operationId: 'addGroupMember',
      tag: TAG,
      summary: 'Take a user into a group',
      access: ['users:write'],
      params: memberParams,
      success: { status: 204, description: 'The user is a member.' },
      refusals: [404],
      async handle({ params, origin, caller }) {
        await addGroupMember(scopedTo(origin), caller, { groupId: params.id, accountId: params.user_id });
        return {};
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/groups/{id}/members/{user_id}',
      operationId: 'removeGroupMember',
      tag: TAG,
      summary: 'Take a user out of a group',
      description: 'When the group has roles, this ends all that was issued to the user.',
      access: ['users:write'],
      params: memberParams,
      success: { status: 204, description: 'The user is no member.' },
      refusals: [409],
      async handle({ params, origin, caller }) {
        const member = { groupId: params.id, accountId: params.user_id };
        await unlessGone(() => removeGroupMember(scopedTo(origin), caller, member));
        return {};
      },
    }),
    defineRoute({
      method: 'put',
      path: '/groups/{id}/roles/{role}',
      operationId: 'addGroupRole',
      tag: TAG,
      summary: 'Give a group a role',
      access: ['users:write'],
      params: roleParams,
      success: { status: 204, description: 'Every member has the role.' },
      refusals: [404, 409, 412],
      async handle({ params: { id, role }, origin, caller }) {
        await showRole(deps.stores, role);
        await changeRoles({ id, caller, origin }, (roles) => [...new Set([...roles, role])]);
        return {};
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/groups/{id}/roles/{role}',
      operationId: 'removeGroupRole',
      tag: TAG,
      summary: 'Take a role from a group',
      access: ['users:write'],
      params: roleParams,
      success: { status: 204, description: 'The group does not give the role.' },
      refusals: [409, 412],
      async handle({ params: { id, role }, origin, caller }) {
        await unlessGone(() =>
          changeRoles({ id, caller, origin }, (roles) => roles.filter((held) => held !== role)),
        );
        return {};
      },
    }),
  ];
}
