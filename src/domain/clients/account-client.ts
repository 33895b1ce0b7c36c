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
 */
export function accountClient(issuer: string): DeclaredClient {
  return {
    clientId: ACCOUNT_CLIENT_ID,
    name: 'Your account',
    type: 'spa',
    redirectUris: [`${issuer}${ACCOUNT_SIGNED_IN_PATH}`],
    scopes: ['openid'],
    firstParty: true,
    metadata: { grant_types: ['authorization_code'] },
  };
}
