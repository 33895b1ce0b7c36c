import type { AccountRecord } from './account-store.js';

/** What identifies accounts, in the forms in which they are compared. */
export interface AccountKeys {
  readonly ids: readonly string[];
  /** Normalised. */
  readonly emails: readonly string[];
  /** Normalised. */
  readonly usernames: readonly string[];
}

/** An account that has one of the keys that were asked for. */
export interface TakenAccount {
  readonly id: string;
  /** Normalised. */
  readonly email: string;
  /** Normalised. */
  readonly username: string | undefined;
  readonly passwordHash: string | undefined;
}

/** Reads and writes many accounts in one statement. */
export interface BulkAccountStore {
  findTaken(keys: AccountKeys): Promise<readonly TakenAccount[]>;
  /**
   * Inserts accounts with their roles and groups, and leaves those out of which id, email or username is taken.
   * @returns the ids of those that were inserted
   */
  insertAll(records: readonly AccountRecord[]): Promise<ReadonlySet<string>>;
  /**
   * Accounts with their passwords' hashes, ordered by id.
   * @param query.limit at most this many, 1 to 200
   * @param query.after only those with an id greater than this one
   */
  listRecords(query: { readonly limit: number; readonly after?: string }): Promise<readonly AccountRecord[]>;
}
