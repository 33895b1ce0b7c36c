import type { Session } from './session.js';

/** A page of sessions, the newest first. */
export interface SessionPage {
  readonly sessions: readonly Session[];
  /** Pass as `after` for the next page; absent on the last one. */
  readonly next: string | undefined;
}

export interface SessionQuery {
  /** At most this many sessions, 1 to 200. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
  /** Only sessions of this account. */
  readonly accountId?: string;
}

/** Sessions of signed-in people, as those who administer them see them. */
export interface SessionStore {
  /**
   * Sessions that have not expired.
   * @returns undefined when `after` is no place in the list
   */
  list(query: SessionQuery): Promise<SessionPage | undefined>;
  /**
   * Ends a session, with the grants that do not outlast it and their tokens.
   * @param accountId where given, only a session of this account
   * @returns the session as it was; undefined when there is none
   */
  end(id: string, accountId?: string): Promise<Session | undefined>;
  /** Like `end`, for every session of the account but this one. @returns those that have ended */
  endOthers(accountId: string, keptId: string): Promise<readonly Session[]>;
}
