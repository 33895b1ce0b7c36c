import type { JsonObject } from '../json.js';

/** A client has used an account: signed its owner in, or got tokens for it. */
export interface ClientUse {
  readonly accountId: string;
  readonly clientId: string;
  /** To the hour at least: uses that follow each other closely are taken down once. */
  readonly lastUsedAt: Date;
  /** What of the account it has received, under the names of the claims, each as it was last. */
  readonly received?: JsonObject | undefined;
}

/** Where uses live: one for each account and client. */
export interface ClientUseStore {
  /** Takes a use down, unless a later one is there; what was received is added to what is there. A use of an account that is gone is passed over. */
  record(use: ClientUse): Promise<void>;
  listAccount(accountId: string): Promise<readonly ClientUse[]>;
}
