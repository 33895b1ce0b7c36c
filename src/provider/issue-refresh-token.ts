import type { Configuration } from 'oidc-provider';

/**
 * Every client that may refresh gets a refresh token. Without `offline_access` it ends with the session, by logout or by
 * time; with it, it outlives the session.
 * @see OpenID Connect Core 1.0 §11
 */
export const issueRefreshToken: NonNullable<Configuration['issueRefreshToken']> = (_ctx, client) =>
  client.grantTypeAllowed('refresh_token');
