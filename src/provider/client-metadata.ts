import { errors, type AllClientMetadata, type ClientMetadata } from 'oidc-provider';
import { CLIENT_TYPES, type Client, type ClientType } from '../domain/clients/client.js';
import { metadataOfProfile } from '../domain/clients/client-profile.js';
import { toLibraryMethod } from './client-auth-methods.js';
import { readSecurityProfile, type SecurityProfile } from '../domain/profiles/security-profile.js';
import {
  clientTypeRules,
  grantTypes,
  responseTypes,
  tokenEndpointAuthMethod,
} from '../domain/clients/client-defaults.js';

/** What this provider keeps on the library's client beyond the metadata that the library knows. */
export const EXTRA_CLIENT_METADATA = [
  'type',
  'profile',
  'first_party',
  'self_registered',
  'require_second_factor',
  'require_verified_email',
  'identity_providers',
  'allowed_roles',
  'allowed_groups',
  'resources',
  'allowed_origins',
  'allowed_scopes',
  'branding',
] as const;

/** What the rest of the provider reads of a client, see `clientTraits`. */
export interface ClientTraits {
  readonly type: ClientType;
  /** What it is held to, its own or the deployment's. */
  readonly profile?: SecurityProfile | undefined;
  readonly firstParty: boolean;
  /** Nobody who runs this provider has looked at it. */
  readonly selfRegistered: boolean;
  /** Nobody signs in to it with one factor. */
  readonly requireSecondFactor: boolean;
  /** Nobody signs in to it whose email address is not verified. */
  readonly requireVerifiedEmail: boolean;
  /** Other providers by which people may sign in to it; absent: all. */
  readonly identityProviders?: readonly string[] | undefined;
  /** Identifiers of the resource servers that it may ask access tokens for. */
  readonly resources: readonly string[];
  readonly allowedOrigins: readonly string[];
  /** Who may sign in to it, see `mayUseClient`. */
  readonly allowedRoles: readonly string[];
  readonly allowedGroups: readonly string[];
  /** Every scope that it may ask for, those of resource servers too. */
  readonly scopes: readonly string[];
}

/**
 * The client as the library takes it. Content and order of keys depend on the client alone, so that the library, which
 * caches by a hash of them, builds a client once. Secrets are not among them, see `installClientSecretComparison`.
 * @param providerScopes the scopes of the library's configuration: it refuses a client with any other, which a change
 *   of the configuration would then lock out
 */
export function toProviderMetadata(client: Client, providerScopes: ReadonlySet<string>): ClientMetadata {
  const scope = client.scopes.filter((name) => providerScopes.has(name)).join(' ');
  const further: AllClientMetadata = client.metadata;
  return {
    ...further,
    ...metadataOfProfile(client),
    client_id: client.clientId,
    client_name: client.name,
    application_type: clientTypeRules(client.type).applicationType,
    redirect_uris: [...client.redirectUris],
    post_logout_redirect_uris: [...client.postLogoutRedirectUris],
    ...(client.backchannelLogoutUri === undefined
      ? {}
      : { backchannel_logout_uri: client.backchannelLogoutUri }),
    grant_types: [...grantTypes(client)],
    response_types: [...responseTypes(client)],
    token_endpoint_auth_method: toLibraryMethod(tokenEndpointAuthMethod(client)),
    // Without it the library would allow every scope: see `denyUnlistedScopes`.
    ...(scope === '' ? {} : { scope }),
    type: client.type,
    first_party: client.firstParty,
    ...(client.selfRegistered ? { self_registered: true } : {}),
    require_second_factor: client.requireSecondFactor,
    ...(client.requireVerifiedEmail ? { require_verified_email: true } : {}),
    ...(client.identityProviders === undefined ? {} : { identity_providers: [...client.identityProviders] }),
    allowed_roles: [...client.allowedRoles],
    allowed_groups: [...client.allowedGroups],
    resources: [...client.resources],
    allowed_origins: [...client.allowedOrigins],
    allowed_scopes: [...client.scopes],
  };
}

/** Reads back what `toProviderMetadata` put on the library's client. A client from elsewhere gets nothing. */
export function clientTraits(client: Readonly<Record<string, unknown>>): ClientTraits {
  return {
    type: CLIENT_TYPES.find((type) => type === client['type']) ?? 'web',
    profile: readSecurityProfile(client['profile']),
    firstParty: client['first_party'] === true,
    selfRegistered: client['self_registered'] === true,
    requireSecondFactor: client['require_second_factor'] === true,
    requireVerifiedEmail: client['require_verified_email'] === true,
    identityProviders:
      client['identity_providers'] === undefined ? undefined : texts(client['identity_providers']),
    resources: texts(client['resources']),
    allowedOrigins: texts(client['allowed_origins']),
    allowedRoles: texts(client['allowed_roles']),
    allowedGroups: texts(client['allowed_groups']),
    scopes: texts(client['allowed_scopes']),
  };
}

/**
 * For the library's `extraClientMetadata.validator`: nobody gives these to themselves by dynamic registration.
 * @param ctx present when a client registers itself, absent when one is loaded from storage
 * @throws {InvalidClientMetadata}
 * @see RFC 7591 §5
 */
export function validateExtraClientMetadata(ctx: unknown, key: string, value: unknown): void {
  if (ctx === undefined || value === undefined) return;
  throw new errors.InvalidClientMetadata(`${key} must not be provided`);
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
