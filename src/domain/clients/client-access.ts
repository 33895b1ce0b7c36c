import type { Account } from '../accounts/account.js';
import { foldText } from '../accounts/normalize-login.js';
import type { Client } from './client.js';

/** Who may sign in to a client: those who hold one of the roles or belong to one of the groups. */
export type ClientAccess = Pick<Client, 'allowedRoles' | 'allowedGroups'>;

/** Whether the person may sign in to the client; one that names neither roles nor groups is for everybody. */
export function mayUseClient(
  account: Pick<Account, 'effectiveRoles' | 'groups'>,
  { allowedRoles, allowedGroups }: ClientAccess,
): boolean {
  if (allowedRoles.length === 0 && allowedGroups.length === 0) return true;
  if (account.effectiveRoles.some((role) => allowedRoles.includes(role))) return true;
  const allowed = new Set(allowedGroups.map((name) => foldText(name.trim())));
  return account.groups.some(({ name }) => allowed.has(foldText(name.trim())));
}
