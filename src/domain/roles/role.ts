import type { FieldFault } from '../errors.js';
import { isPermission, PERMISSIONS, type Permission } from './permission.js';

/** What somebody may do, under one name; apps are told of the name, the API heeds the permissions. */
export interface Role {
  /** Its identifier, which stays. */
  readonly name: string;
  readonly description: string;
  readonly permissions: readonly Permission[];
  /** Part of the product: it cannot be changed or deleted. */
  readonly builtIn: boolean;
  /** Where it is declared; a role from the configuration file cannot be changed at run time. */
  readonly source: 'database' | 'configuration';
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What somebody says about a role. */
export interface RoleAttributes {
  readonly description: string;
  /** Each must be one of `PERMISSIONS`. */
  readonly permissions: readonly string[];
}

const ROLE_NAME = /^[a-z][a-z0-9_.:-]{0,63}$/;
/** Characters. */
const LONGEST_DESCRIPTION = 500;
const UNSEEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;

/** The fault of a role's name, if there is one. @param field the field to blame */
export function roleNameFaults(name: string, field = 'name'): readonly FieldFault[] {
  if (ROLE_NAME.test(name)) return [];
  const detail =
    'A role is named with 1 to 64 lower-case letters, digits and the signs _ . : - after a letter.';
  return [{ field, code: 'role_invalid', detail }];
}

/** The faults of a description of one line. */
export function descriptionFaults(description: string): readonly FieldFault[] {
  if (description.length <= LONGEST_DESCRIPTION && !UNSEEN.test(description)) return [];
  const detail = `description must be one line of at most ${LONGEST_DESCRIPTION} characters, without control characters.`;
  return [{ field: 'description', code: 'description_invalid', detail }];
}

/** The faults of what is said about a role; whatever is absent is not checked. */
export function roleFaults({
  description = '',
  permissions = [],
}: Partial<RoleAttributes>): readonly FieldFault[] {
  return [
    ...descriptionFaults(description),
    ...permissions.flatMap((permission, index) =>
      isPermission(permission)
        ? []
        : [
            {
              field: `permissions/${index}`,
              code: 'permission_unknown',
              detail: `${JSON.stringify(permission)} is not a permission; there are ${PERMISSIONS.join(', ')}.`,
            },
          ],
    ),
  ];
}

/** The permissions, each once, in the order of `PERMISSIONS`. */
export function tidyPermissions(permissions: readonly string[]): readonly Permission[] {
  return PERMISSIONS.filter((permission) => permissions.includes(permission));
}
