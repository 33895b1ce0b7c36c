/**
 * What an end user has allowed a client, remembered beyond the session in which they did.
 * @see OpenID Connect Core 1.0 §3.1.2.4
 */
export interface Consent {
  readonly accountId: string;
  readonly clientId: string;
  /** Scopes of this provider itself. */
  readonly scopes: readonly string[];
  /** Claims that were asked for one by one, through the `claims` parameter. */
  readonly claims: readonly string[];
  /** Scopes of resource servers, by their identifier. */
  readonly resourceScopes: Readonly<Record<string, readonly string[]>>;
  readonly grantedAt: Date;
}
