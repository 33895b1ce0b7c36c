import { parseUrl } from '../url.js';
import type { Client } from './client.js';
import { grantTypes } from './client-defaults.js';
import { IMPLICIT_GRANT } from './response-types.js';

/** Grant types by which a browser comes back to the client, whose host then tells its sector. */
const BROWSER_GRANTS: ReadonlySet<string> = new Set(['authorization_code', 'refresh_token', IMPLICIT_GRANT]);

/** What contradicts pairwise subjects, each detail going on after its key. @see OpenID Connect Core 1.0 §8.1 */
export function pairwiseContradictions(
  client: Pick<Client, 'type' | 'metadata' | 'redirectUris'>,
): readonly { readonly key: string; readonly code: string; readonly detail: string }[] {
  if (client.metadata['subject_type'] !== 'pairwise') return [];
  if (!grantTypes(client).every((grant) => BROWSER_GRANTS.has(grant))) {
    const detail = 'pairwise is only for clients to which browsers come back.';
    return [{ key: 'subject_type', code: 'metadata_contradiction', detail }];
  }
  if (client.metadata['sector_identifier_uri'] !== undefined) return [];
  const hosts = new Set(client.redirectUris.flatMap((uri) => parseUrl(uri)?.host ?? []));
  if (hosts.size === 1 && !hosts.has('')) return [];
  const detail = 'is missing: pairwise subjects need it unless all redirect URIs share one host.';
  return [{ key: 'sector_identifier_uri', code: 'metadata_missing', detail }];
}
