import { createHmac } from 'node:crypto';
import type { Configuration } from 'oidc-provider';

/**
 * Subject identifiers that differ for each sector, so that relying parties cannot match their users.
 * @param salt 32 bytes that never change, or every pairwise subject would
 * @see OpenID Connect Core 1.0 §8.1
 */
export function createPairwiseIdentifier(salt: Buffer): NonNullable<Configuration['pairwiseIdentifier']> {
  return (_ctx, accountId, client) => {
    const { sectorIdentifier } = client;
    if (typeof sectorIdentifier !== 'string')
      throw new TypeError('a pairwise client has a sector identifier');
    return createHmac('sha256', salt).update(`${sectorIdentifier}\0${accountId}`).digest('base64url');
  };
}
