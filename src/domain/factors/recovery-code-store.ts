/** Recovery codes of an account, as they are stored. */
export interface RecoveryCodeSet {
  readonly accountId: string;
  /** Keyed hashes of the codes. */
  readonly hashes: readonly Buffer[];
  readonly createdAt: Date;
}

/** Where recovery codes live: for each account one set that counts, and one that its owner has not saved yet. */
export interface RecoveryCodeStore {
  /** Keeps a set that does not count yet, in the place of an earlier such one. */
  replacePending(set: RecoveryCodeSet): Promise<void>;
  /**
   * Makes the set with exactly these codes count, in the place of the one until now.
   * @returns false when there is no such set that waits
   */
  activate(accountId: string, hashes: readonly Buffer[]): Promise<boolean>;
  /** Uses a code up, atomically. @returns whether it was there, counted, and was not used before */
  use(accountId: string, hash: Buffer, at: Date): Promise<boolean>;
  /** Codes that count and are left. */
  countLeft(accountId: string): Promise<number>;
  /** When the set that counts was made; undefined where there is none. */
  madeAt(accountId: string): Promise<Date | undefined>;
  /** Removes all. @returns how many were removed */
  remove(accountId: string): Promise<number>;
}
