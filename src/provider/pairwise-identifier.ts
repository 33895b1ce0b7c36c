import type { Configuration } from 'oidc-provider';
import type { PairwiseSubject } from '../domain/accounts/find-subject.js';

/**
 * Subject identifiers that differ for each sector, so that relying parties cannot match their users.
 * @see OpenID Connect Core 1.0 §8.1
 */
export function createPairwiseIdentifier(
  pairwiseSubject: PairwiseSubject,
): NonNullable<Configuration['pairwiseIdentifier']> {
  return (_ctx, accountId, client) => {
    const { sectorIdentifier } = client;
    if (typeof sectorIdentifier !== 'string')
      throw new TypeError('a pairwise client has a sector identifier');
    return pairwiseSubject(sectorIdentifier, accountId);
  };
}
