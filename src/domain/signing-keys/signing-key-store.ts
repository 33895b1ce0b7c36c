import type { SigningKey } from './signing-key.js';

/** Where signing keys live, encrypted at rest. */
export interface SigningKeyStore {
  /** All keys that are published, newest first. */
  list(): Promise<readonly SigningKey[]>;
  /** Serialises key changes across processes until the unit of work ends. */
  lock(): Promise<void>;
  insert(key: SigningKey): Promise<void>;
  /** Plans anew when a key signs. */
  plan(kid: string, times: Pick<SigningKey, 'signsFrom' | 'retiredAt'>): Promise<void>;
  /** @returns false when there was no such key */
  remove(kid: string): Promise<boolean>;
}
