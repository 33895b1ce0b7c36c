import type { PairwiseSubject } from '../domain/accounts/find-subject.js';
import { createKeyedHash } from './derive-key.js';

/**
 * Makes pairwise subjects, from which neither the account nor another sector's subject can be found.
 * @param salt 32 bytes that never change, or every pairwise subject would
 * @see OpenID Connect Core 1.0 §8.1
 */
export function createPairwiseSubject(salt: Buffer): PairwiseSubject {
  const hash = createKeyedHash(salt);
  return (sector, accountId) => hash(`${sector}\0${accountId}`).toString('base64url');
}
