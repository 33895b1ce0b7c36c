/** A browser that is not asked for a second factor by policy, as it is stored. */
export interface RememberedDevice {
  readonly accountId: string;
  readonly tokenHash: Buffer;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** Where remembered browsers live. Whatever ends an account's sessions ends them too (`ArtifactRevocation`). */
export interface RememberedDeviceStore {
  insert(device: RememberedDevice): Promise<void>;
  /** Whether the token is one of the account's that has not expired at that time. */
  isRemembered(accountId: string, tokenHash: Buffer, at: Date): Promise<boolean>;
  /** Forgets all of an account. @returns how many */
  removeAccount(accountId: string): Promise<number>;
  /** Removes what has expired at that time. @returns how many */
  purge(at: Date): Promise<number>;
}
