import {
  clientTypeRules,
  grantTypes,
  responseTypes,
  tokenEndpointAuthMethod,
  usesSecret,
} from '../clients/client-defaults.js';
import type { Client } from '../clients/client.js';
import type { JsonObject } from '../json.js';

/**
 * The client as it is told of its own registration: nothing of what those who administer decided about it, and a secret
 * only when it was just made, since this provider keeps no more of it than a hash.
 * @see RFC 7591 §3.2.1, RFC 7592 §3
 */
export function ownRegistrationInformation(
  client: Client,
  told: {
    readonly secret?: string | undefined;
    readonly registrationAccessToken: string;
    readonly registrationClientUri: string;
  },
): JsonObject {
  const { branding: _branding, ...metadata } = client.metadata;
  return {
    ...metadata,
    client_id: client.clientId,
    client_id_issued_at: Math.floor(client.createdAt.getTime() / 1000),
    ...(told.secret === undefined ? {} : { client_secret: told.secret }),
    ...(usesSecret(client) ? { client_secret_expires_at: 0 } : {}),
    registration_access_token: told.registrationAccessToken,
    registration_client_uri: told.registrationClientUri,
    client_name: client.name,
    application_type: clientTypeRules(client.type).applicationType,
    redirect_uris: client.redirectUris,
    post_logout_redirect_uris: client.postLogoutRedirectUris,
    ...(client.backchannelLogoutUri === undefined
      ? {}
      : { backchannel_logout_uri: client.backchannelLogoutUri }),
    grant_types: grantTypes(client),
    response_types: responseTypes(client),
    token_endpoint_auth_method: tokenEndpointAuthMethod(client),
    scope: client.scopes.join(' '),
  };
}
