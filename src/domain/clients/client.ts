import type { JsonObject } from '../json.js';

/**
 * What kind of application a client is; it decides the defaults that are safe for it.
 * - `web`: a server that keeps a secret
 * - `spa`: JavaScript in a browser, no secret, CORS for its own origins
 * - `native`: an installed app, no secret, loopback and private-use redirect URIs (RFC 8252)
 * - `service`: no end user, client credentials only
 * - `device`: no browser of its own, device authorization grant (RFC 8628)
 */
export const CLIENT_TYPES = ['web', 'spa', 'native', 'service', 'device'] as const;
export type ClientType = (typeof CLIENT_TYPES)[number];

/** One of a client's secrets; several may be live at once, so that a secret can be rotated without a gap. */
export interface ClientSecret {
  readonly id: string;
  /** Keyed hash, see `ClientSecretHasher`. */
  readonly hash: string;
  readonly createdAt: Date;
  /** Refused from this moment on; absent: never. */
  readonly expiresAt: Date | undefined;
}

/** A relying party or a service that this provider knows. */
export interface Client {
  readonly clientId: string;
  readonly name: string;
  readonly type: ClientType;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly backchannelLogoutUri: string | undefined;
  /** The scopes that it may ask for. */
  readonly scopes: readonly string[];
  /** Identifiers of the resource servers that it may ask access tokens for. */
  readonly resources: readonly string[];
  /** Web origins that may call this provider from a browser, beyond those of a `spa`'s redirect URIs. */
  readonly allowedOrigins: readonly string[];
  /** Names of roles; see `allowedGroups`. */
  readonly allowedRoles: readonly string[];
  /**
   * Names of groups. Whoever has one of the roles or belongs to one of the groups may sign in to the client; where both
   * lists are empty, everybody may.
   */
  readonly allowedGroups: readonly string[];
  /** Run by the operator of this provider: no consent is asked. */
  readonly firstParty: boolean;
  /** Nobody signs in to it with one factor, whatever the policy of the deployment. */
  readonly requireSecondFactor: boolean;
  /** Nobody signs in to it whose email address is not verified, whatever the policy of the deployment. */
  readonly requireVerifiedEmail: boolean;
  /** Ids of the other providers by which people may sign in to it; absent: all. */
  readonly identityProviders?: readonly string[] | undefined;
  /** Further client metadata under the names of RFC 7591 and OpenID Connect Dynamic Client Registration 1.0 §2. */
  readonly metadata: JsonObject;
  readonly secrets: readonly ClientSecret[];
  /** Where it is declared: one from the configuration file, or from a document of its own, is not changed here. */
  readonly source: 'database' | 'configuration' | 'document';
  /** It registered itself (RFC 7591), and nobody has looked at it; absent: no. */
  readonly selfRegistered?: boolean | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
