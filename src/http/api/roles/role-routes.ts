import { z } from 'zod';
import { createRole } from '../../../domain/roles/create-role.js';
import { deleteRole } from '../../../domain/roles/delete-role.js';
import { listRoles, showRole } from '../../../domain/roles/list-roles.js';
import { updateRole } from '../../../domain/roles/update-role.js';
import type { ApiDeps } from '../api-deps.js';
import { pageOf, pageQuery } from '../framework/cursor.js';
import { requireMatch } from '../framework/entity-tag.js';
import { unlessGone } from '../framework/gone.js';
import { pageWithin } from '../framework/page-within.js';
import { defineRoute, type ApiRoute } from '../framework/route.js';
import { newRoleSchema, presentRole, rolePatchSchema, roleSchema } from './role-schema.js';

const TAG = 'roles';
const params = z.strictObject({ name: z.string().max(200) });

/** Roles. Nobody gives or takes away a permission that they lack. */
export function roleRoutes(deps: ApiDeps): readonly ApiRoute[] {
  return [
    defineRoute({
      method: 'get',
      path: '/roles',
      operationId: 'listRoles',
      tag: TAG,
      summary: 'List roles',
      access: ['users:read'],
      query: z.strictObject(pageQuery),
      success: { status: 200, description: 'A page of roles.', schema: pageOf(roleSchema) },
      async handle({ query }) {
        const roles = await listRoles(deps.stores);
        return { body: pageWithin(roles.map(presentRole), ({ name }) => name, query) };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/roles',
      operationId: 'createRole',
      tag: TAG,
      summary: 'Create a role',
      access: ['users:write'],
      body: newRoleSchema,
      success: { status: 201, description: 'The role, at Location.', schema: roleSchema },
      refusals: [409],
      async handle({ body, origin, caller }) {
        const scoped = { clock: deps.clock, unitOfWork: deps.unitsOfWork.from(origin) };
        const role = await createRole(scoped, caller, {
          name: body.name,
          ...(body.description !== undefined && { description: body.description }),
          ...(body.permissions !== undefined && { permissions: body.permissions }),
        });
        return {
          body: presentRole(role),
          headers: { Location: `${deps.issuer}/api/v1/roles/${encodeURIComponent(role.name)}` },
        };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/roles/{name}',
      operationId: 'getRole',
      tag: TAG,
      summary: 'Get a role',
      access: ['users:read'],
      params,
      success: { status: 200, description: 'The role.', schema: roleSchema },
      refusals: [404],
      async handle({ params: { name } }) {
        return { body: presentRole(await showRole(deps.stores, name)) };
      },
    }),
    defineRoute({
      method: 'patch',
      path: '/roles/{name}',
      operationId: 'updateRole',
      tag: TAG,
      summary: 'Change a role',
      description: 'JSON merge patch. It holds at once for everybody who has the role.',
      access: ['users:write'],
      bodyType: 'application/merge-patch+json',
      params,
      body: rolePatchSchema,
      success: { status: 200, description: 'The role as changed.', schema: roleSchema },
      refusals: [404, 409, 412],
      async handle({ params: { name }, body, origin, ifMatch, caller }) {
        const scoped = { clock: deps.clock, unitOfWork: deps.unitsOfWork.from(origin) };
        const changes = {
          ...(body.description !== undefined && { description: body.description ?? '' }),
          ...(body.permissions !== undefined && { permissions: body.permissions ?? [] }),
        };
        const role = await updateRole(scoped, caller, name, changes, (before) => {
          requireMatch(ifMatch, presentRole(before));
        });
        return { body: presentRole(role) };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/roles/{name}',
      operationId: 'deleteRole',
      tag: TAG,
      summary: 'Delete a role',
      description: 'Also from every user and group that has it.',
      access: ['users:write'],
      params,
      success: { status: 204, description: 'There is no such role any more.' },
      refusals: [409, 412],
      async handle({ params: { name }, origin, ifMatch, caller }) {
        const scoped = { unitOfWork: deps.unitsOfWork.from(origin) };
        await unlessGone(() =>
          deleteRole(scoped, caller, name, (before) => {
            requireMatch(ifMatch, presentRole(before));
          }),
        );
        return {};
      },
    }),
  ];
}
