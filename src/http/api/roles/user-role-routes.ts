import { z } from 'zod';
import { assignRole, unassignRole } from '../../../domain/roles/assign-role.js';
import { showRole } from '../../../domain/roles/list-roles.js';
import type { ApiDeps } from '../api-deps.js';
import { unlessGone } from '../framework/gone.js';
import { defineRoute, type ApiRoute } from '../framework/route.js';

const TAG = 'roles';
const params = z.strictObject({ id: z.uuid(), role: z.string().max(200) });

/** The roles that a user holds themselves, one by one. */
export function userRoleRoutes(deps: ApiDeps): readonly ApiRoute[] {
  return [
    defineRoute({
      method: 'put',
      path: '/users/{id}/roles/{role}',
      operationId: 'assignRole',
      tag: TAG,
      summary: 'Give a user a role',
      access: ['users:write'],
      params,
      success: { status: 204, description: 'The user has the role.' },
      refusals: [404],
      async handle({ params: { id, role }, origin, caller }) {
        await showRole(deps.stores, role);
        await assignRole(scopedTo(deps, origin), caller, id, role);
        return {};
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/users/{id}/roles/{role}',
      operationId: 'unassignRole',
      tag: TAG,
      summary: 'Take a role from a user',
      description: 'Ends all that was issued to the user. What the user has of groups stays.',
      access: ['users:write'],
      params,
      success: { status: 204, description: 'The user does not hold the role themselves.' },
      refusals: [409],
      async handle({ params: { id, role }, origin, caller }) {
        await unlessGone(async () => {
          await showRole(deps.stores, role);
          await unassignRole(scopedTo(deps, origin), caller, id, role);
        });
        return {};
      },
    }),
  ];
}

function scopedTo(deps: ApiDeps, origin: Parameters<ApiDeps['unitsOfWork']['from']>[0]) {
  return { clock: deps.clock, unitOfWork: deps.unitsOfWork.from(origin) };
}
