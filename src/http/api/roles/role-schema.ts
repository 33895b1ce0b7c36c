import { z } from 'zod';
import { PERMISSIONS } from '../../../domain/roles/permission.js';
import type { Role } from '../../../domain/roles/role.js';

const timestamp = z.iso.datetime({ offset: true });
const description = z.string().max(500);
const permissions = z.array(z.enum(PERMISSIONS)).max(100);
const name = z.string().max(64);

/** A role as the API tells of it. */
export const roleSchema = z
  .strictObject({
    name,
    description,
    permissions,
    built_in: z.boolean(),
    source: z.enum(['database', 'configuration']),
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ title: 'Role' });

/** What makes a new role. */
export const newRoleSchema = z
  .strictObject({ name, description: description.optional(), permissions: permissions.optional() })
  .meta({ title: 'New role' });

/** What may be changed; the name stays. */
export const rolePatchSchema = z
  .strictObject({
    description: description.nullable().optional(),
    permissions: permissions.nullable().optional(),
  })
  .meta({ title: 'Changes of a role' });

/** The role as JSON. */
export function presentRole(role: Role) {
  return {
    name: role.name,
    description: role.description,
    permissions: role.permissions,
    built_in: role.builtIn,
    source: role.source,
    created_at: role.createdAt.toISOString(),
    updated_at: role.updatedAt.toISOString(),
  };
}
