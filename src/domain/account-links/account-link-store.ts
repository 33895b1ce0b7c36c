import type { AccountLink, AccountTokenPurpose } from './account-link.js';

/** Where links live: at most one for each account and purpose. */
export interface AccountLinkStore {
  /** Keeps the link in the place of an earlier one of the same account and purpose, which ends. */
  replace(link: AccountLink): Promise<void>;
  /** The link of that purpose and token, when it has not expired at that time; it stays live. */
  find(purpose: AccountTokenPurpose, tokenHash: Buffer, at: Date): Promise<AccountLink | undefined>;
  /** Uses the link up, atomically. @returns whether it was still there, the very same, and had not expired */
  redeem(link: AccountLink, at: Date): Promise<boolean>;
  /** Removes links that have expired at that time. @returns how many */
  purge(at: Date): Promise<number>;
}
