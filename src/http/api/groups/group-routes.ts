import { z } from 'zod';
import { createGroup } from '../../../domain/groups/create-group.js';
import { deleteGroup } from '../../../domain/groups/delete-group.js';
import { foldGroupName } from '../../../domain/groups/group.js';
import { listGroups, showGroup } from '../../../domain/groups/list-groups.js';
import { updateGroup } from '../../../domain/groups/update-group.js';
import type { ApiDeps } from '../api-deps.js';
import { pageOf, pageQuery } from '../framework/cursor.js';
import { requireMatch } from '../framework/entity-tag.js';
import { unlessGone } from '../framework/gone.js';
import { pageWithin } from '../framework/page-within.js';
import { defineRoute, type ApiRoute } from '../framework/route.js';
import { groupPatchSchema, groupSchema, newGroupSchema, presentGroup } from './group-schema.js';

const TAG = 'groups';
const params = z.strictObject({ id: z.uuid() });

/** Groups. Nobody gives or takes away a role with permissions that they lack. */
export function groupRoutes(deps: ApiDeps): readonly ApiRoute[] {
  return [
    defineRoute({
      method: 'get',
      path: '/groups',
      operationId: 'listGroups',
      tag: TAG,
      summary: 'List groups',
      access: ['users:read'],
      query: z.strictObject(pageQuery),
      success: { status: 200, description: 'A page of groups.', schema: pageOf(groupSchema) },
      async handle({ query }) {
        const groups = await listGroups(deps.stores);
        const { data, next_cursor } = pageWithin(groups, ({ name }) => foldGroupName(name), query);
        return { body: { data: data.map(presentGroup), next_cursor } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/groups',
      operationId: 'createGroup',
      tag: TAG,
      summary: 'Create a group',
      access: ['users:write'],
      body: newGroupSchema,
      success: { status: 201, description: 'The group, at Location.', schema: groupSchema },
      refusals: [409],
      async handle({ body, origin, caller }) {
        const scoped = { clock: deps.clock, unitOfWork: deps.unitsOfWork.from(origin) };
        const group = await createGroup(scoped, caller, {
          name: body.name,
          ...(body.description !== undefined && { description: body.description }),
          ...(body.roles !== undefined && { roles: body.roles }),
        });
        return {
          body: presentGroup(group),
          headers: { Location: `${deps.issuer}/api/v1/groups/${group.id}` },
        };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/groups/{id}',
      operationId: 'getGroup',
      tag: TAG,
      summary: 'Get a group',
      access: ['users:read'],
      params,
      success: { status: 200, description: 'The group.', schema: groupSchema },
      refusals: [404],
      async handle({ params: { id } }) {
        return { body: presentGroup(await showGroup(deps.stores, id)) };
      },
    }),
    defineRoute({
      method: 'patch',
      path: '/groups/{id}',
      operationId: 'updateGroup',
      tag: TAG,
      summary: 'Change a group',
      description: 'JSON merge patch. Roles that it gets or loses hold at once for all members.',
      access: ['users:write'],
      bodyType: 'application/merge-patch+json',
      params,
      body: groupPatchSchema,
      success: { status: 200, description: 'The group as changed.', schema: groupSchema },
      refusals: [404, 409, 412],
      async handle({ params: { id }, body, origin, ifMatch, caller }) {
        const scoped = { clock: deps.clock, unitOfWork: deps.unitsOfWork.from(origin) };
        const changes = {
          ...(body.name !== undefined && { name: body.name }),
          ...(body.description !== undefined && { description: body.description ?? '' }),
          ...(body.roles !== undefined && { roles: body.roles ?? [] }),
        };
        const group = await updateGroup(scoped, caller, id, changes, (before) => {
          requireMatch(ifMatch, presentGroup(before));
        });
        return { body: presentGroup(group) };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/groups/{id}',
      operationId: 'deleteGroup',
      tag: TAG,
      summary: 'Delete a group',
      description: 'Its members stay, without the roles that they had by it.',
      access: ['users:write'],
      params,
      success: { status: 204, description: 'There is no such group any more.' },
      refusals: [409, 412],
      async handle({ params: { id }, origin, ifMatch, caller }) {
        const scoped = { unitOfWork: deps.unitsOfWork.from(origin) };
        await unlessGone(() =>
          deleteGroup(scoped, caller, id, (before) => {
            requireMatch(ifMatch, presentGroup(before));
          }),
        );
        return {};
      },
    }),
  ];
}
