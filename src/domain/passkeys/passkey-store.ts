import type { Passkey } from './passkey.js';

/** What a use of a passkey tells about it. */
export interface PasskeyUse {
  readonly signCount: number;
  readonly backedUp: boolean;
  readonly at: Date;
}

/** Where passkeys live. */
export interface PasskeyStore {
  /** Keeps a new one. @returns false when some account has that credential already */
  insert(passkey: Passkey): Promise<boolean>;
  /** The oldest first. */
  listForAccount(accountId: string): Promise<readonly Passkey[]>;
  countFor(accountId: string): Promise<number>;
  findByCredentialId(credentialId: Buffer): Promise<Passkey | undefined>;
  /**
   * Notes a use, atomically: of any number of uses with one count one is the first.
   * @returns false when the passkey is gone, or its count did not go up, unless it counts nothing at all
   */
  noteUse(id: string, use: PasskeyUse): Promise<boolean>;
  /** @returns false when the account has no such passkey */
  rename(accountId: string, id: string, name: string): Promise<boolean>;
  /** @returns what was removed */
  remove(accountId: string, id: string): Promise<Passkey | undefined>;
}
