/** What may be done through the API, under the names of the API's scopes. Roles and groups belong to `users:…`. */
export const PERMISSIONS = [
  'users:read',
  'users:write',
  'clients:read',
  'clients:write',
  'sessions:write',
  'events:read',
  'keys:write',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** Whether the text names a permission. */
export function isPermission(text: string): text is Permission {
  return PERMISSIONS.some((permission) => permission === text);
}

/** The scope by which users see and change their own account; it is no permission, everybody has it. */
export const OWN_ACCOUNT_SCOPE = 'account';

/**
 * Everything that the roles of these names permit together.
 * @param names for instance an account's `effectiveRoles`; a name without a role permits nothing
 * @param roles the roles that there are
 */
export function permissionsOf(
  names: readonly string[],
  roles: readonly { readonly name: string; readonly permissions: readonly Permission[] }[],
): ReadonlySet<Permission> {
  return new Set(roles.filter(({ name }) => names.includes(name)).flatMap(({ permissions }) => permissions));
}
