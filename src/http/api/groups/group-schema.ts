import { z } from 'zod';
import type { GroupMember } from '../../../domain/groups/group-store.js';
import type { Group } from '../../../domain/groups/group.js';

const timestamp = z.iso.datetime({ offset: true });
const name = z.string().max(400);
const description = z.string().max(500);
const roles = z.array(z.string().max(64)).max(100).describe('Roles that every member has by the group.');

/** A group as the API tells of it. */
export const groupSchema = z
  .strictObject({
    id: z.uuid(),
    name,
    description,
    roles,
    source: z.enum(['database', 'configuration']),
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ title: 'Group' });

/** What makes a new group. */
export const newGroupSchema = z
  .strictObject({ name, description: description.optional(), roles: roles.optional() })
  .meta({ title: 'New group' });

/** What may be changed. */
export const groupPatchSchema = z
  .strictObject({
    name: name.optional(),
    description: description.nullable().optional(),
    roles: roles.nullable().optional(),
  })
  .meta({ title: 'Changes of a group' });

/** Somebody who belongs to a group. */
export const memberSchema = z
  .strictObject({ user_id: z.uuid(), email: z.string() })
  .meta({ title: 'Group member' });

/** The group as JSON. */
export function presentGroup(group: Group) {
  return {
    id: group.id,
    name: group.name,
    description: group.description,
    roles: group.roles,
    source: group.source,
    created_at: group.createdAt.toISOString(),
    updated_at: group.updatedAt.toISOString(),
  };
}

/** The member as JSON. */
export function presentMember({ accountId, email }: GroupMember) {
  return { user_id: accountId, email };
}
