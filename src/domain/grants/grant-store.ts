import type { Grant } from './grant.js';

/** A page of grants, the newest first. */
export interface GrantPage {
  readonly grants: readonly Grant[];
  /** Pass as `after` for the next page; absent on the last one. */
  readonly next: string | undefined;
}

export interface GrantQuery {
  /** At most this many grants, 1 to 200. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
  /** Only grants of this account. */
  readonly accountId?: string;
  /** Only grants of this client. */
  readonly clientId?: string;
}

/** Grants, as those who administer them see them. */
export interface GrantStore {
  /**
   * Grants that have not expired.
   * @returns undefined when `after` is no place in the list
   */
  list(query: GrantQuery): Promise<GrantPage | undefined>;
  /** Ends every grant of the account for the client, with its tokens and codes. @returns how many grants there were */
  revoke(accountId: string, clientId: string): Promise<number>;
  /** Ids of the accounts that any of these clients holds a grant of, that has not expired. */
  listAccounts(clientIds: readonly string[]): Promise<readonly string[]>;
}
