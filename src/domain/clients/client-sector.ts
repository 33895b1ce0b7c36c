import { parseUrl } from '../url.js';
import type { Client } from './client.js';

/**
 * The host that tells which clients know a person by one and the same pairwise subject.
 * @returns undefined for a client that has neither a sector identifier nor a redirect URI
 * @see OpenID Connect Core 1.0 §8.1
 */
export function sectorOf({
  metadata,
  redirectUris,
}: Pick<Client, 'metadata' | 'redirectUris'>): string | undefined {
  const named = metadata['sector_identifier_uri'];
  const uri = typeof named === 'string' ? named : redirectUris[0];
  return uri === undefined ? undefined : parseUrl(uri)?.host;
}
