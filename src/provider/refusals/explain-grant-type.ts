import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Explanation } from './explanation.js';

/** What the library says of a grant type that is not the client's. */
export const GRANT_TYPE_NOT_ALLOWED = 'requested grant type is not allowed for this client';

/** A client asked for a grant type that others may use. @see RFC 6749 §5.2 */
export function explainGrantType({ oidc: { client } }: KoaContextWithOIDC): Explanation | undefined {
  if (!client) return undefined;
  return [
    { label: 'Registered', value: (client.grantTypes ?? []).join(' ') || 'none' },
    {
      label: 'What to do',
      value:
        'use one of these, or name another in grant_types of the client, as far as its type allows; tokens without a person are for the type service',
    },
  ];
}

/** A grant type that is not offered to anybody. @see RFC 6749 §5.2 */
export function explainUnofferedGrantType({ oidc: { params } }: KoaContextWithOIDC): Explanation {
  return [
    {
      label: 'What to do',
      value:
        params?.['grant_type'] === 'password'
          ? 'send the person to the authorization endpoint: apps never see passwords here'
          : 'compare with grant_types_supported of the discovery document; some are turned on under features of the configuration file',
    },
  ];
}
