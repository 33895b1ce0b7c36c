import type { Account } from './account.js';

/** An account as it is written: the store adds nothing but its normalised keys. */
export interface AccountRecord {
  readonly account: Account;
  /** PHC string of the password, absent for an account that cannot sign in by password. */
  readonly passwordHash: string | undefined;
}

/** A page of accounts, ordered by id, which is the order of creation. */
export interface AccountPage {
  readonly accounts: readonly Account[];
  /** Pass as `after` for the next page; absent on the last one. */
  readonly next: string | undefined;
}

export interface AccountQuery {
  /** At most this many accounts, 1 to 200. */
  readonly limit: number;
  /** Only accounts with an id greater than this one. */
  readonly after?: string;
  /** Only accounts whose email, username or name contains this text, whatever its case. */
  readonly search?: string;
}

/** Where accounts live. Email and username are compared without regard to case or Unicode form. */
export interface AccountStore {
  findById(id: string): Promise<Account | undefined>;
  /** By email, or by username where the text has no `@`. Answers the password's hash along, in one query. */
  findByLogin(login: string): Promise<AccountRecord | undefined>;
  list(query: AccountQuery): Promise<AccountPage>;
  /** @throws {DomainError} `already_exists`, naming `email` or `username` */
  insert(record: AccountRecord): Promise<void>;
  /** Writes every attribute but the password. @throws {DomainError} `already_exists`, `not_found` */
  update(account: Account): Promise<void>;
  setPasswordHash(id: string, passwordHash: string): Promise<void>;
  /** @returns false when there was no such account */
  remove(id: string): Promise<boolean>;
  /** How many enabled accounts hold the role; locks them until the unit of work ends. */
  countEnabledWithRole(role: string): Promise<number>;
}
