import type { JsonObject } from '../json.js';
import type { ClientType } from './client.js';
import { defaultScopes } from './client-defaults.js';
import type { ClientAttributes } from './client-rules.js';

/** What somebody says about a client that they register; what is absent gets the default that is safe for its type. */
export interface ClientRegistration {
  readonly name: string;
  readonly type: ClientType;
  readonly redirectUris?: readonly string[] | undefined;
  readonly postLogoutRedirectUris?: readonly string[] | undefined;
  readonly backchannelLogoutUri?: string | undefined;
  /** Absent: those of the type. */
  readonly scopes?: readonly string[] | undefined;
  readonly resources?: readonly string[] | undefined;
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Names of roles; this and `allowedGroups` empty: everybody may sign in. */
  readonly allowedRoles?: readonly string[] | undefined;
  readonly allowedGroups?: readonly string[] | undefined;
  readonly firstParty?: boolean | undefined;
  readonly requireSecondFactor?: boolean | undefined;
  readonly requireVerifiedEmail?: boolean | undefined;
  /** Absent: people may sign in by every other provider. */
  readonly identityProviders?: readonly string[] | undefined;
  readonly metadata?: JsonObject | undefined;
}

/** The registration with its defaults, not yet checked. */
export function withClientDefaults(registration: ClientRegistration): ClientAttributes {
  const { type, metadata = {} } = registration;
  return {
    name: registration.name,
    type,
    redirectUris: registration.redirectUris ?? [],
    postLogoutRedirectUris: registration.postLogoutRedirectUris ?? [],
    backchannelLogoutUri: registration.backchannelLogoutUri,
    scopes: registration.scopes ?? defaultScopes({ type, metadata }),
    resources: registration.resources ?? [],
    allowedOrigins: registration.allowedOrigins ?? [],
    allowedRoles: registration.allowedRoles ?? [],
    allowedGroups: registration.allowedGroups ?? [],
    firstParty: registration.firstParty ?? false,
    requireSecondFactor: registration.requireSecondFactor ?? false,
    requireVerifiedEmail: registration.requireVerifiedEmail ?? false,
    identityProviders: registration.identityProviders,
    metadata,
  };
}

/** The scope tokens of a text that separates them by spaces, each once. @see RFC 6749 §3.3 */
export function splitScope(scope: string): readonly string[] {
  return [...new Set(scope.split(' ').filter((token) => token !== ''))];
}
