import { deriveAccent } from '../branding/accent.js';
import { readLook } from '../branding/client-branding.js';
import type { JsonObject } from '../json.js';
import type { Client } from './client.js';
import { metadataOfProfile } from './client-profile.js';
import { grantTypes, responseTypes, tokenEndpointAuthMethod } from './client-defaults.js';

/**
 * The client as client metadata, for those who administer it: with the ids and times of its secrets, without their
 * hashes.
 * @param secret the text of a secret that was just made; it is told once
 * @see RFC 7591 §3.2.1
 */
export function clientInformation(client: Client, secret?: string): JsonObject {
  return {
    ...client.metadata,
    ...metadataOfProfile(client),
    ...shownAccent(client),
    client_id: client.clientId,
    ...(secret === undefined ? {} : { client_secret: secret }),
    client_name: client.name,
    type: client.type,
    redirect_uris: client.redirectUris,
    post_logout_redirect_uris: client.postLogoutRedirectUris,
    ...(client.backchannelLogoutUri === undefined
      ? {}
      : { backchannel_logout_uri: client.backchannelLogoutUri }),
    grant_types: grantTypes(client),
    response_types: responseTypes(client),
    token_endpoint_auth_method: tokenEndpointAuthMethod(client),
    scope: client.scopes.join(' '),
    resources: client.resources,
    allowed_origins: client.allowedOrigins,
    allowed_roles: client.allowedRoles,
    allowed_groups: client.allowedGroups,
    first_party: client.firstParty,
    require_second_factor: client.requireSecondFactor,
    require_verified_email: client.requireVerifiedEmail,
    ...(client.identityProviders === undefined ? {} : { identity_providers: client.identityProviders }),
    secrets: client.secrets.map(({ id, createdAt, expiresAt }) => ({
      id,
      created_at: createdAt.toISOString(),
      expires_at: expiresAt?.toISOString() ?? null,
    })),
    source: client.source,
    self_registered: client.selfRegistered ?? false,
    created_at: client.createdAt.toISOString(),
    updated_at: client.updatedAt.toISOString(),
  };
}

/** The accent as pages show it, where the client has one. */
function shownAccent({ metadata }: Client): JsonObject {
  const { accent } = readLook(metadata['branding']);
  if (accent === undefined) return {};
  const { light, dark } = deriveAccent(accent);
  return { shown_accent: { light: light.accent, dark: dark.accent } };
}
