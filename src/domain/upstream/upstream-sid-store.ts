/** Whose sessions the `sid` of another provider leads to. */
export interface UpstreamSidStore {
  /** Keeps it in the place of an earlier one. @param sidHash see `hashSid` */
  note(sidHash: Buffer, accountId: string, expiresAt: Date): Promise<void>;
  /** @returns the account, unless it expired */
  find(sidHash: Buffer, at: Date): Promise<string | undefined>;
  /** Removes what has expired. @returns how many */
  purge(at: Date): Promise<number>;
}
