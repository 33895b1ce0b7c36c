import type Provider from 'oidc-provider';
import { orUnavailable } from './unavailable.js';

/** An access token for this provider's own API. */
export interface ApiToken {
  /** Absent for a service. */
  readonly accountId: string | undefined;
  readonly clientId: string;
  readonly scopes: ReadonlySet<string>;
}

export interface ApiTokens {
  /** @returns the token when it is valid now and for the API, else undefined */
  find(value: string): Promise<ApiToken | undefined>;
}

/**
 * Looks access tokens up where they were issued, so that a revoked one ends at once.
 * @param audience the identifier of the API as a resource server
 */
export function createApiTokens(provider: () => Provider, audience: string): ApiTokens {
  return {
    async find(value) {
      const { AccessToken, ClientCredentials, Client } = provider();
      const token = await orUnavailable(
        async () => (await AccessToken.find(value)) ?? (await ClientCredentials.find(value)),
      );
      if (!token?.isValid || token.aud !== audience || token.isSenderConstrained()) return undefined;
      if (token.clientId === undefined || !(await Client.find(token.clientId))) return undefined;
      return {
        accountId: 'accountId' in token && typeof token.accountId === 'string' ? token.accountId : undefined,
        clientId: token.clientId,
        scopes: token.scopes,
      };
    },
  };
}
