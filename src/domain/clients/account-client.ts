import { ACCOUNT_CLIENT_ID } from './account-client-id.js';
import type { DeclaredClient } from './declared-clients.js';

export { ACCOUNT_CLIENT_ID };

/** Where those pages are, relative to the issuer. */
export const ACCOUNT_PATH = '/account';

/** Where the browser comes back to after a sign-in, relative to the issuer. */
export const ACCOUNT_SIGNED_IN_PATH = `${ACCOUNT_PATH}/signed-in`;

/**
 * The pages of the account are a client like any other as far as signing in goes, save that the product brings it along
 * and never redeems its codes: the pages look at this provider's own session.
 * @param provider.name what people know the provider by; it is the same in all languages, as the name of any client
 */
export function accountClient(provider: { readonly issuer: string; readonly name: string }): DeclaredClient {
  const { issuer, name } = provider;
  return {
    clientId: ACCOUNT_CLIENT_ID,
    name,
    type: 'spa',
    redirectUris: [`${issuer}${ACCOUNT_SIGNED_IN_PATH}`],
    scopes: ['openid'],
    firstParty: true,
    metadata: { grant_types: ['authorization_code'] },
  };
}
