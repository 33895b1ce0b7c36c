import { API_SCOPES, apiResourceIdentifier } from '../resources/api-resource.js';
import type { DeclaredClient } from './declared-clients.js';

/** The client by which people sign in on the page of the API's documentation. */
export const API_DOCS_CLIENT_ID = 'latchkey-api-docs';

/** Where it stands. */
export function apiDocsAddress(issuer: string): string {
  return `${issuer}/api/v1/docs/`;
}

/**
 * The documentation's page is a client like any other, save that the product brings it along. What a token of it can do
 * is bounded by the roles of the person.
 */
export function apiDocsClient(issuer: string): DeclaredClient {
  return {
    clientId: API_DOCS_CLIENT_ID,
    name: 'API documentation',
    type: 'spa',
    redirectUris: [`${apiDocsAddress(issuer)}oauth2-redirect.html`],
    scopes: ['openid', ...API_SCOPES],
    resources: [apiResourceIdentifier(issuer)],
    firstParty: true,
  };
}
