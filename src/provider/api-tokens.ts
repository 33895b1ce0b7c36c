import type { X509Certificate } from 'node:crypto';
import type Provider from 'oidc-provider';
import { provePossession, type PresentedToken, type TokenRequest } from './proof-of-possession.js';

/** An access token for this provider's own API. */
export interface ApiToken {
  /** Absent for a service. */
  readonly accountId: string | undefined;
  readonly clientId: string;
  readonly scopes: ReadonlySet<string>;
}

export interface ApiTokens {
  /**
   * @returns the token when it is valid now and for the API, else undefined
   * @throws {TokenRefusal} for one that is bound to a key which the request does not prove
   */
  find(presented: PresentedToken): Promise<ApiToken | undefined>;
}

/**
 * Looks access tokens up where they were issued, so that a revoked one ends at once.
 * @param audience the identifier of the API as a resource server
 * @param certificateOf the certificate that came with a request; absent: none is taken
 */
export function createApiTokens(
  provider: () => Provider,
  audience: string,
  certificateOf?: (ctx: TokenRequest) => X509Certificate | undefined,
): ApiTokens {
  return {
    async find(presented) {
      const current = provider();
      const { AccessToken, ClientCredentials, Client } = current;
      const token =
        (await AccessToken.find(presented.value)) ?? (await ClientCredentials.find(presented.value));
      if (!token?.isValid || token.aud !== audience) return undefined;
      if (token.clientId === undefined || !(await Client.find(token.clientId))) return undefined;
      await provePossession(current, token, presented, certificateOf);
      return {
        accountId: 'accountId' in token && typeof token.accountId === 'string' ? token.accountId : undefined,
        clientId: token.clientId,
        scopes: token.scopes,
      };
    },
  };
}
