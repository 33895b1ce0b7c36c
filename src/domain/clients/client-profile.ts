import type { JsonObject } from '../json.js';
import {
  demands,
  readSecurityProfile,
  stricterProfile,
  type SecurityProfile,
} from '../profiles/security-profile.js';
import { ACCOUNT_CLIENT_ID } from './account-client-id.js';
import type { Client } from './client.js';
import { grantTypes } from './client-defaults.js';

type ProfiledClient = Pick<Client, 'type' | 'metadata'>;

/** The profile that the client is held to, as its metadata say; `underProfile` puts that of the deployment there. */
export function profileOf({ metadata }: Pick<Client, 'metadata'>): SecurityProfile | undefined {
  return readSecurityProfile(metadata['profile']);
}

/**
 * The client as it is held to the profile of the deployment, or to its own where that demands more. The pages of the
 * account stand outside: they are this provider's own, and no code of theirs is ever redeemed.
 * @param deployment absent: each client is held to its own
 */
export function underProfile<Kind extends Pick<Client, 'metadata'> & { readonly clientId?: string }>(
  client: Kind,
  deployment: SecurityProfile | undefined,
): Kind {
  const own = profileOf(client);
  const profile = stricterProfile(own, deployment);
  if (profile === undefined || profile === own || client.clientId === ACCOUNT_CLIENT_ID) return client;
  return { ...client, metadata: { ...client.metadata, profile } };
}

/** Response modes in which a response is signed. @see JWT Secured Authorization Response Mode (JARM) 1.0 §2.3 */
export const SIGNED_RESPONSE_MODES = ['jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt'] as const;

/** Signs where the client says nothing, since the usual RS256 is none of the profile's. */
const DEFAULT_ALGORITHM = 'ES256';

/**
 * What the profile of a client makes of its metadata: they hold whatever the client's own metadata say, save that it
 * chooses among the algorithms and response modes of the profile.
 * @see FAPI 2.0 Security Profile §5.3.2, FAPI 2.0 Message Signing §5.3, §5.4, §5.5
 */
export function metadataOfProfile(client: ProfiledClient): JsonObject {
  const profile = profileOf(client);
  if (!demands(profile, 'fapi2')) return {};
  const { metadata } = client;
  const usesCode = grantTypes(client).includes('authorization_code');
  const chosen = (key: string): JsonObject => ({ [key]: metadata[key] ?? DEFAULT_ALGORITHM });
  return {
    ...(metadata['tls_client_certificate_bound_access_tokens'] === true
      ? {}
      : { dpop_bound_access_tokens: true }),
    ...(usesCode ? { require_pushed_authorization_requests: true } : {}),
    ...chosen('id_token_signed_response_alg'),
    ...(demands(profile, 'fapi2-message-signing')
      ? {
          ...(usesCode
            ? {
                require_signed_request_object: true,
                response_modes: metadata['response_modes'] ?? [...SIGNED_RESPONSE_MODES],
              }
            : {}),
          ...chosen('authorization_signed_response_alg'),
          ...chosen('introspection_signed_response_alg'),
        }
      : {}),
  };
}
