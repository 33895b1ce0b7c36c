/** Where the data key lives, sealed under the operator's secret key. */
export interface DataKeyStore {
  read(): Promise<Buffer | undefined>;
  /** Stores the first one; when another process was faster, its key stays. */
  insertFirst(sealed: Buffer): Promise<void>;
  /** Replaces the sealed form, unless it changed since it was read. */
  reseal(before: Buffer, after: Buffer): Promise<void>;
  /**
   * What stands in the keys of all that is issued; a restore renews it, so that nothing issued before is found.
   * @returns undefined since the first start
   */
  readIssuanceEpoch(): Promise<string | undefined>;
}
