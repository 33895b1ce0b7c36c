import type { Consent } from './consent.js';

/** Where consents live: one for each account and client. */
export interface ConsentStore {
  find(accountId: string, clientId: string): Promise<Consent | undefined>;
  /** All that the account has allowed, ordered by client. */
  listAccount(accountId: string): Promise<readonly Consent[]>;
  /** Adds to what was allowed before, atomically; nothing that was allowed is taken away. */
  add(consent: Consent): Promise<void>;
  /** @returns false when there was none */
  remove(accountId: string, clientId: string): Promise<boolean>;
  /** Removes every consent for the client. @returns how many there were */
  removeClient(clientId: string): Promise<number>;
}
