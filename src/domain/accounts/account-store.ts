import type { Account } from './account.js';

/** An account as it is written: the store adds nothing but its normalised keys. */
export interface AccountRecord {
  readonly account: Account;
  /** PHC string of the password, absent for an account that cannot sign in by password. */
  readonly passwordHash: string | undefined;
}

/** A page of accounts, ordered by id, which is the order of creation; of a search: in the order in which they came here. */
export interface AccountPage {
  readonly accounts: readonly Account[];
  /** Pass as `after` for the next page; absent on the last one. A search may have one although its page is not full. */
  readonly next: string | undefined;
}

/** Which accounts a list is about. */
export interface AccountFilter {
  /**
   * Only accounts whose email, username or name contains this text, whatever its case; texts of one or two letters only
   * where one of them begins (`searchesBeginnings`). It is searchable (`isSearchable`).
   */
  readonly search?: string;
  /** Only the account with this email, whatever its case. */
  readonly email?: string;
  /** Only the account with this username, whatever its case. */
  readonly username?: string;
  readonly disabled?: boolean;
  /** Only accounts made at this time or later. */
  readonly createdAfter?: Date;
}

export interface AccountQuery extends AccountFilter {
  /** At most this many accounts, 1 to 200. */
  readonly limit: number;
  /** Only accounts behind this one, in the order of the list: `next` of the page before, or an id. */
  readonly after?: string;
  /** The newest first instead of the oldest. */
  readonly newestFirst?: boolean;
}

/** How many accounts there are, as far as was counted: counting all of a million takes too long. */
export interface AccountCount {
  readonly count: number;
  /** Whether there may be more. */
  readonly isCapped: boolean;
}

/** An account was changed by somebody else between reading and writing it. A unit of work runs again. */
export class LostUpdateError extends Error {
  override readonly name = 'LostUpdateError';
  /** As PostgreSQL names a transaction that lost against another one (serialization_failure). */
  readonly code = '40001';

  constructor() {
    super('The account was changed by somebody else meanwhile.');
  }
}

/** Where accounts live. Email and username are compared without regard to case or Unicode form. */
export interface AccountStore {
  findById(id: string): Promise<Account | undefined>;
  /** Like `findById`, and keeps others from changing the account until the unit of work ends: read this before `update`. */
  findForUpdate(id: string): Promise<Account | undefined>;
  /** By email, or by username where the text has no `@`. Answers the password's hash along, in one query. */
  findByLogin(login: string): Promise<AccountRecord | undefined>;
  list(query: AccountQuery): Promise<AccountPage>;
  /** @param atMost where counting ends; a search may end earlier, since its work is bounded */
  count(filter: AccountFilter, atMost: number): Promise<AccountCount>;
  /** @throws {DomainError} `already_exists`, naming `email` or `username`; `invalid_input` for roles that do not exist */
  insert(record: AccountRecord): Promise<void>;
  /**
   * Writes every attribute but the password, whether it is temporary, and the groups. The account's `version` is one more
   * than that of the account as it was read.
   * @throws {DomainError} `already_exists` naming `email` or `username`, `not_found`, `invalid_input` for roles that do
   *   not exist
   * @throws {LostUpdateError} when the account changed since it was read, which `findForUpdate` rules out
   */
  update(account: Account): Promise<void>;
  /**
   * @param temporary whether the account's owner has to choose another one; absent: not
   * @throws {DomainError} `not_found`
   */
  setPasswordHash(id: string, passwordHash: string, temporary?: boolean): Promise<void>;
  /**
   * Replaces the hash only where it still is the one expected, so that a change of password meanwhile wins.
   * @returns whether it was replaced
   */
  replacePasswordHash(id: string, expected: string, passwordHash: string): Promise<boolean>;
  /** @returns false when there was no such account */
  remove(id: string): Promise<boolean>;
  /** Ids of accounts whose deletion is due at this time, at most `limit`, those that are due longest first. */
  listDeletionDue(at: Date, limit: number): Promise<readonly string[]>;
  /**
   * How many usable accounts have the role, themselves or by a group. Until the unit of work ends they stay enabled, and
   * others who count wait.
   */
  countEnabledWithRole(role: string): Promise<number>;
}
