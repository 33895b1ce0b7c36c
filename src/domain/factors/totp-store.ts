/** An authenticator app that shows codes. */
export interface TotpAuthenticator {
  readonly accountId: string;
  /** UUIDv7. */
  readonly id: string;
  /** How its owner calls it. */
  readonly name: string;
  /** 160 bits; sealed where it is stored. */
  readonly secret: Buffer;
  readonly createdAt: Date;
  /** Absent while nobody has shown that it works: it counts for nothing then. */
  readonly confirmedAt: Date | undefined;
  /** What it is being set up in, hashed; absent once it is confirmed. */
  readonly bindingHash?: Buffer | undefined;
  readonly lastUsedAt: Date | undefined;
  /** The step of the code that was used last. */
  readonly lastStep: number | undefined;
}

/** Where authenticators live: for each account at most one that counts, and one that is being set up. */
export interface TotpStore {
  /** The one that counts. */
  find(accountId: string): Promise<TotpAuthenticator | undefined>;
  /** The one that is being set up. */
  findPending(accountId: string): Promise<TotpAuthenticator | undefined>;
  /** Begins to set one up, in the place of an earlier one that nobody confirmed. */
  replacePending(authenticator: TotpAuthenticator): Promise<void>;
  /**
   * Makes the one that is being set up count, in the place of the one until now.
   * @param authenticator with the time, the name, and the step of the code by which it was confirmed
   * @returns false when it was confirmed or replaced meanwhile
   */
  confirm(authenticator: TotpAuthenticator & { readonly confirmedAt: Date }): Promise<boolean>;
  /**
   * Notes that a code was used, atomically: of any number of tries with codes of one step one is the first.
   * @returns whether it was, and no code of a later step was used before
   */
  useStep(id: string, step: number, at: Date): Promise<boolean>;
  /** Removes the one that counts and the one that is being set up. @returns whether there was one that counted */
  remove(accountId: string): Promise<boolean>;
}
