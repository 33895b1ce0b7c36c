import type { Group } from './group.js';

/** Somebody who belongs to a group. */
export interface GroupMember {
  readonly accountId: string;
  readonly email: string;
}

export interface GroupMemberPage {
  readonly members: readonly GroupMember[];
  /** Pass as `after` for the next page; absent on the last one. */
  readonly next: string | undefined;
}

export interface GroupMemberQuery {
  readonly groupId: string;
  /** At most this many members, 1 to 200. */
  readonly limit: number;
  /** Only members with an account id greater than this one. */
  readonly after?: string;
}

/** Where groups live. Names are compared without regard to case or Unicode form. */
export interface GroupStore {
  /** All of them, ordered by the folded name, by code units. */
  list(): Promise<readonly Group[]>;
  find(id: string): Promise<Group | undefined>;
  findByName(name: string): Promise<Group | undefined>;
  /** Like `find`, and keeps others from changing the group and its members until the unit of work ends. */
  findForUpdate(id: string): Promise<Group | undefined>;
  /** @throws {DomainError} `already_exists` naming `name`, `invalid_input` for roles that do not exist */
  insert(group: Group): Promise<void>;
  /**
   * Writes everything but the time of creation.
   * @throws {DomainError} `already_exists` naming `name`, `invalid_input` for roles that do not exist, `not_found`
   */
  update(group: Group): Promise<void>;
  /** @returns false when there was no such group */
  remove(id: string): Promise<boolean>;
  /** Ordered by account id, which is the order of creation. */
  listMembers(query: GroupMemberQuery): Promise<GroupMemberPage>;
  /** Group and account must be there. @returns false when the account was a member already */
  addMember(groupId: string, accountId: string): Promise<boolean>;
  /** @returns false when the account was no member */
  removeMember(groupId: string, accountId: string): Promise<boolean>;
}
