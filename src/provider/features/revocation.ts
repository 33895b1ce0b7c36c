import { errors, type Configuration } from 'oidc-provider';

type Feature = NonNullable<NonNullable<Configuration['features']>['revocation']>;

/**
 * Revocation: a client ends its own tokens. Another's are refused to confidential clients and ignored for public ones,
 * whose identity proves nothing.
 * @see RFC 7009 §2.1
 */
export function revocation(enabled: boolean): Feature {
  return {
    enabled,
    allowedPolicy: (_ctx, client, token) => {
      if (token.clientId === client.clientId) return true;
      if (client.clientAuthMethod === 'none') return false;
      throw new errors.InvalidRequest('client is not authorized to revoke the presented token');
    },
  };
}
