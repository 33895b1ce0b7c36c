/** Where challenges wait for their answers: at most one for each thing that they belong to. */
export interface PasskeyChallengeStore {
  /** Keeps a challenge in the place of an earlier one that belongs to the same. */
  replace(challenge: {
    /** SHA-256 of what it belongs to. */
    readonly bindingHash: Buffer;
    /** SHA-256 of the challenge. */
    readonly challengeHash: Buffer;
    readonly expiresAt: Date;
  }): Promise<void>;
  /** Takes a challenge away, atomically. @returns its hash; undefined when there is none, or it has expired at that time */
  take(bindingHash: Buffer, at: Date): Promise<Buffer | undefined>;
  /** Removes what has expired at that time. @returns how many */
  purge(at: Date): Promise<number>;
}
