import type { Configuration } from 'oidc-provider';
import { clientTraits } from './client-metadata.js';
import type { ProtocolSettings } from './provider-dependencies.js';

type Required = NonNullable<NonNullable<Configuration['pkce']>['required']>;

/**
 * PKCE is required of every client. The tests of OpenID Connect know clients without it; for them, and for nothing else,
 * confidential clients without a profile may do without.
 * @see RFC 9700 §2.1.1, OAuth 2.1 §4.1.1, FAPI 2.0 Security Profile §5.3.2.2
 */
export function requirePkce({ preset }: Pick<ProtocolSettings, 'preset'>): Required {
  return (_ctx, client) =>
    preset !== 'conformance' ||
    client.clientAuthMethod === 'none' ||
    clientTraits(client).profile !== undefined;
}
