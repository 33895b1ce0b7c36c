import { isAccountId } from '../accounts/account-id.js';
import { LARGEST_PAGE } from '../accounts/list-accounts.js';
import { refuseIfFaulty } from '../errors.js';
import { groupNotFound } from './changeable-group.js';
import type { GroupMemberPage, GroupStore } from './group-store.js';
import type { Group } from './group.js';

/** All groups, ordered by name. */
export function listGroups(deps: { readonly groups: Pick<GroupStore, 'list'> }): Promise<readonly Group[]> {
  return deps.groups.list();
}

/**
 * Finds a group by what somebody knows of it.
 * @param identifier its id or name
 * @throws {DomainError} `not_found`
 */
export async function showGroup(
  deps: { readonly groups: Pick<GroupStore, 'find' | 'findByName'> },
  identifier: string,
): Promise<Group> {
  const { groups } = deps;
  const byId = isAccountId(identifier) ? await groups.find(identifier) : undefined;
  const group = byId ?? (await groups.findByName(identifier));
  if (group === undefined) throw groupNotFound(identifier);
  return group;
}

/**
 * The members of a group, page by page.
 * @param input.limit members on the page, 1 to 200; default 50
 * @param input.after `next` of the page before
 * @throws {DomainError} `not_found`, `invalid_input`
 */
export async function listGroupMembers(
  deps: { readonly groups: Pick<GroupStore, 'find' | 'listMembers'> },
  groupId: string,
  input: { readonly limit?: number | undefined; readonly after?: string | undefined } = {},
): Promise<GroupMemberPage> {
  const { limit = 50, after } = input;
  const inRange = Number.isInteger(limit) && limit >= 1 && limit <= LARGEST_PAGE;
  const validCursor = after === undefined || isAccountId(after);
  const range = `limit must be a whole number from 1 to ${LARGEST_PAGE}.`;
  const cursor = 'after must be the id of the last member of the page before.';
  refuseIfFaulty([
    ...(inRange ? [] : [{ field: 'limit', code: 'out_of_range', detail: range }]),
    ...(validCursor ? [] : [{ field: 'after', code: 'cursor_invalid', detail: cursor }]),
  ]);
  if ((await deps.groups.find(groupId)) === undefined) throw groupNotFound();
  return deps.groups.listMembers({ groupId, limit, ...(after !== undefined && { after }) });
}
